package io.xenolith.bench.growth;

import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.repository.CorruptObjectException;
import io.xenolith.repository.index.ChunkIndex;
import io.xenolith.repository.index.IndexSegments;
import io.xenolith.repository.object.ObjectStore;
import io.xenolith.repository.object.Protection;
import io.xenolith.repository.pack.PackId;
import io.xenolith.repository.pack.PackKind;
import io.xenolith.repository.pack.PackReader;
import io.xenolith.repository.pack.PackTable;
import io.xenolith.repository.storage.StoredObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// A storage that lists data packs which nobody has written, and makes up the index segments that list their chunks when it
/// is asked for one. So an index can be made of any number of chunks by the code that makes it after a backup. Packs are as
/// full as backups leave them: 64 MiB of data that shrank to a half, in chunks of 64 KiB and frames of 1 MiB.
///
/// Safe for use by several threads.
final class SyntheticPacks extends EmptyStorage {

    static final int CHUNKS_PER_PACK = 2048;
    static final int PACKS_PER_SEGMENT = 64;
    static final long CHUNKS_PER_SEGMENT = (long) CHUNKS_PER_PACK * PACKS_PER_SEGMENT;

    static final int CHUNK_BYTES = 64 << 10;
    private static final int CHUNKS_PER_FRAME = 16;
    private static final int STORED_FRAME_BYTES = 1 << 19;
    private static final int FRAMES = CHUNKS_PER_PACK / CHUNKS_PER_FRAME;
    static final long PACK_BYTES = FRAMES * (long) STORED_FRAME_BYTES + 80_000;
    private static final byte ZSTD = 1;

    private final long segments;

    /// @param chunks how many there are to be, rounded up to a full segment
    SyntheticPacks(long chunks) {
        this.segments = Math.ceilDiv(chunks, CHUNKS_PER_SEGMENT);
    }

    /// How many chunks there are.
    long chunks() {
        return segments * CHUNKS_PER_SEGMENT;
    }

    /// The id of the `number`-th chunk, in the order of packs. Those from [#chunks()] on are in no pack.
    static ChunkId id(long number) {
        long n = 4 * number;
        return new ChunkId(mix(n), mix(n + 1), mix(n + 2), mix(n + 3));
    }

    /// The output function of SplitMix64 (Steele, Lea and Flood, 2014): as good as random for each input.
    private static long mix(long n) {
        long z = (n + 1) * 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    /// What an index of these packs is made from.
    ChunkIndex.Sources sources() {
        var objects = new ObjectStore(this, Protection.checksums());
        return new ChunkIndex.Sources(this, new IndexSegments(this, objects, new Random(1)),
                new PackReader(this, Protection.checksums()), Map::of, message -> {
            throw new IllegalStateException(message);
        });
    }

    /// The id of the `number`-th pack.
    static PackId pack(long number) {
        return new PackId(PackKind.DATA, mix(~number), number);
    }

    @Override
    public List<StoredObject> list(String folder) {
        return switch (folder) {
            case "packs/" -> listPacks();
            case IndexSegments.FOLDER -> listSegments();
            default -> List.of();
        };
    }

    private List<StoredObject> listPacks() {
        var packs = new ArrayList<StoredObject>();
        for (long number = 0; number < segments * PACKS_PER_SEGMENT; number++) {
            packs.add(new StoredObject(pack(number).name(), PACK_BYTES));
        }
        return packs;
    }

    private List<StoredObject> listSegments() {
        var names = new ArrayList<StoredObject>();
        for (long number = 0; number < segments; number++) {
            names.add(new StoredObject("%s%016x%016x".formatted(IndexSegments.FOLDER, mix(number), number), 3 << 20));
        }
        return names;
    }

    @Override
    public byte[] readAll(String name, int limit) throws IOException {
        if (!name.startsWith(IndexSegments.FOLDER)) {
            return super.readAll(name, limit);
        }
        return segment(Long.parseLong(name.substring(name.length() - 16), 16));
    }

    /// A segment as the repository writes it, caught on its way.
    private static byte[] segment(long number) throws IOException {
        var tables = new ArrayList<PackTable>();
        for (long pack = number * PACKS_PER_SEGMENT; pack < (number + 1) * PACKS_PER_SEGMENT; pack++) {
            tables.add(table(pack));
        }
        var caught = new Caught();
        var digits = List.of(mix(number), number).iterator(); // of its name
        new IndexSegments(caught, new ObjectStore(caught, Protection.checksums()), digits::next).write(tables);
        return caught.object;
    }

    /// The table of the `number`-th pack.
    static PackTable table(long number) throws CorruptObjectException {
        var bytes = ByteBuffer.allocate(8 + FRAMES * 13 + CHUNKS_PER_PACK * (4 + ChunkId.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(FRAMES).putInt(CHUNKS_PER_PACK);
        fill(bytes, FRAMES, STORED_FRAME_BYTES);
        fill(bytes, FRAMES, CHUNKS_PER_FRAME * CHUNK_BYTES);
        fill(bytes, FRAMES, CHUNKS_PER_FRAME);
        for (int frame = 0; frame < FRAMES; frame++) {
            bytes.put(ZSTD);
        }
        fill(bytes, CHUNKS_PER_PACK, CHUNK_BYTES);
        for (int ordinal = 0; ordinal < CHUNKS_PER_PACK; ordinal++) {
            id(number * CHUNKS_PER_PACK + ordinal).put(bytes);
        }
        return PackTable.decode(pack(number), bytes.array(), true);
    }

    private static void fill(ByteBuffer bytes, int times, int value) {
        for (int i = 0; i < times; i++) {
            bytes.putInt(value);
        }
    }

    /// Keeps the last object that was put.
    private static final class Caught extends EmptyStorage {
        private byte[] object;

        @Override
        public void put(String name, byte[] content) {
            object = content;
        }
    }
}
