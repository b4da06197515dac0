package io.xenolith.repository.pack;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.chunk.ChunkIdentity;
import io.xenolith.engine.codec.Compression;
import io.xenolith.engine.crypto.MasterKey;
import io.xenolith.repository.CorruptObjectException;
import io.xenolith.repository.NewerFormatException;
import io.xenolith.repository.object.Protection;
import io.xenolith.repository.storage.MemoryStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A small pack, damaged everywhere: it gives the right bytes, or is told to be damaged.
@ExtendWith(SeedExtension.class)
class PackRotTest {

    private static final ChunkIdentity IDENTITY = ChunkIdentity.plain();

    private final MemoryStorage storage = new MemoryStorage();
    private final Map<ChunkId, byte[]> chunks = new HashMap<>();
    private Protection protection;
    private PackTable table;
    private byte[] whole;

    private void writePack(boolean encrypted, Random random) throws IOException {
        var key = new byte[MasterKey.BYTES];
        random.nextBytes(key);
        protection = encrypted ? Protection.encryption(MasterKey.of(key)) : Protection.checksums();
        var tables = new ArrayList<PackTable>();
        try (var packs = new PackStream(PackKind.DATA, PackStream.PACK_BYTES, storage, protection, random, tables::add);
                var compressors = new Compressors(Compression.DEFAULT)) {
            var frames = new FrameBuilder(packs, compressors, 300);
            for (int i = 0; i < 6; i++) {
                var chunk = new byte[40 + random.nextInt(60)];
                if (i < 3) {
                    random.nextBytes(chunk);
                }
                chunk[0] = (byte) i;
                var id = IDENTITY.newHasher().id(chunk, 0, chunk.length);
                chunks.put(id, chunk);
                frames.add(id, chunk, 0, chunk.length);
            }
            frames.flush();
            packs.flush();
        }
        table = tables.getFirst();
        whole = storage.readAll(table.pack().name(), 1 << 20);
    }

    /// Reads all chunks through a table.
    ///
    /// @return how many were right; those that were not were told by their id or by an exception
    private int readable(PackTable read) throws IOException {
        int right = 0;
        for (int frame = 0; frame < read.frames(); frame++) {
            byte[] bytes;
            try {
                bytes = new PackReader(storage, protection).readFrame(read, frame);
            } catch (CorruptObjectException e) {
                assertEquals(read.pack().name(), e.object());
                continue;
            }
            int at = 0;
            for (int ordinal = read.firstChunk(frame); ordinal < read.firstChunk(frame + 1); ordinal++) {
                int length = read.chunkLength(ordinal);
                var id = table.id(ordinal);
                if (IDENTITY.newHasher().id(bytes, at, length).equals(id)) {
                    assertArrayEquals(chunks.get(id), Arrays.copyOfRange(bytes, at, at + length));
                    right++;
                }
                at += length;
            }
        }
        return right;
    }

    private PackTable readTable(int length) throws IOException {
        return new PackReader(storage, protection).readTable(table.pack(), length);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aWholePackIsReadAsItWasWritten(boolean encrypted, Seed seed) throws IOException {
        writePack(encrypted, seed.random());
        var read = readTable(whole.length);
        assertArrayEquals(table.encode(true), read.encode(true));
        assertArrayEquals(table.encode(false), PackTable.decode(table.pack(), table.encode(false), false).encode(false));
        assertEquals(chunks.size(), readable(read));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyFlippedBitIsDetected(boolean encrypted, Seed seed) throws IOException {
        writePack(encrypted, seed.random());
        for (int bit = 0; bit < whole.length * 8; bit++) {
            var damaged = whole.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            storage.damage(table.pack().name(), damaged);
            int at = bit / 8;
            boolean inFrames = at >= PackFormat.HEADER_BYTES && at < table.framesEnd();
            if (inFrames) {
                int right = readable(readTable(whole.length));
                assertTrue(right < chunks.size() || !encrypted, "bit " + bit + " goes unnoticed");
            } else {
                // a table that cannot be read is damage, never a newer format, and hurts no frame
                assertThrows(CorruptObjectException.class, () -> readTable(whole.length), "bit " + bit);
                assertEquals(chunks.size(), readable(table));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aTruncatedPackIsRejectedAtEveryLength(boolean encrypted, Seed seed) throws IOException {
        writePack(encrypted, seed.random());
        for (int length = 0; length < whole.length; length++) {
            storage.damage(table.pack().name(), Arrays.copyOf(whole, length));
            int cut = length;
            assertThrows(CorruptObjectException.class, () -> readTable(cut));
            assertThrows(CorruptObjectException.class, () -> readTable(whole.length), "listed before it was cut");
            int frames = 0;
            while (table.frameOffset(frames + 1) <= length && frames + 1 < table.frames()) {
                frames++;
            }
            assertTrue(readable(table) >= table.firstChunk(frames), "frames before the cut are readable");
        }
    }

    @Test
    void aNewerFormatIsToldFromRot(Seed seed) throws IOException {
        writePack(false, seed.random());
        // given a pack whose checksum says that its version is as it was written
        var newer = ByteBuffer.wrap(whole.clone()).order(LITTLE_ENDIAN).putShort(8, (short) 2);
        var header = Arrays.copyOf(newer.array(), PackFormat.HEADER_BYTES);
        int end = whole.length - PackFormat.TRAILER_BYTES;
        var trailer = PackFormat.Trailer.decode(table.pack(), Arrays.copyOf(whole, PackFormat.HEADER_BYTES),
                Arrays.copyOfRange(whole, end, whole.length), whole.length);
        newer.position(end).put(trailer.encode(header));
        storage.damage(table.pack().name(), newer.array());
        assertThrows(NewerFormatException.class, () -> readTable(whole.length));
    }

    @Test
    void hostileTrailersAllocateNothing(Seed seed) throws IOException {
        writePack(false, seed.random());
        var header = Arrays.copyOf(whole, PackFormat.HEADER_BYTES);
        int huge = Integer.MAX_VALUE;
        for (var trailer : List.of(new PackFormat.Trailer(32, huge, 100, 0), new PackFormat.Trailer(32, 100, huge, 0),
                new PackFormat.Trailer(32, 100, -1, 0), new PackFormat.Trailer(Long.MAX_VALUE, 100, 100, 0),
                new PackFormat.Trailer(Long.MIN_VALUE, huge, 100, 0), new PackFormat.Trailer(32, -100, 100, 0))) {
            long fitting = Math.max(64, trailer.tableOffset() + trailer.storedLength() + PackFormat.TRAILER_BYTES);
            for (long length : new long[] {whole.length, fitting, 1L << 40}) {
                assertThrows(CorruptObjectException.class, () -> PackFormat.Trailer.decode(table.pack(), header,
                        trailer.encode(header), length), trailer + " of " + length);
            }
        }
    }

    /// Seals vouch for who wrote a table, not for what it says.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aHostileTableIsRejectedOrConsistent(boolean withIds, Seed seed) throws IOException {
        writePack(false, seed.random());
        var good = table.encode(withIds);
        for (int length = 0; length < good.length; length++) {
            var cut = Arrays.copyOf(good, length);
            assertThrows(CorruptObjectException.class, () -> PackTable.decode(table.pack(), cut, withIds));
        }
        int[] hostile = {0, -1, 1, 2, 3, 65_536, 65_537, 1 << 24, Integer.MAX_VALUE, Integer.MIN_VALUE};
        for (int at = 0; at <= good.length - 4; at++) {
            for (int value : hostile) {
                assertRejectedOrConsistent(ByteBuffer.wrap(good.clone()).order(LITTLE_ENDIAN).putInt(at, value).array(),
                        withIds);
            }
        }
    }

    @Test
    void countsThatOverflowWhenAddedAreRejected(Seed seed) throws IOException {
        writePack(false, seed.random());
        int count = PackTable.MAX_CHUNKS;
        var bytes = ByteBuffer.allocate(8 + count * 17).order(LITTLE_ENDIAN).putInt(count).putInt(count);
        for (int i = 0; i < 2 * count; i++) {
            bytes.putInt(1);
        }
        for (int i = 0; i < count; i++) {
            bytes.putInt(count);
        }
        bytes.position(bytes.position() + count);
        for (int i = 0; i < count; i++) {
            bytes.putInt(1);
        }
        assertThrows(CorruptObjectException.class, () -> PackTable.decode(table.pack(), bytes.array(), false));
    }

    private void assertRejectedOrConsistent(byte[] encoded, boolean withIds) {
        try {
            var decoded = PackTable.decode(table.pack(), encoded, withIds);
            assertArrayEquals(encoded, decoded.encode(withIds));
            for (int ordinal = 0; ordinal < decoded.chunks(); ordinal++) {
                int frame = decoded.frameOf(ordinal);
                assertTrue(decoded.offsetInFrame(ordinal) + decoded.chunkLength(ordinal) <= decoded.frameRawLength(frame));
            }
        } catch (CorruptObjectException _) {
            // rejected
        }
    }
}
