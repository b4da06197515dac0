package io.xenolith.engine.restore;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import io.xenolith.engine.disk.RandomDisk;
import io.xenolith.engine.disk.SparseDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SeedExtension.class)
class MappedDiskTest {

    private static final int CASES = 30;

    @Test
    void everyByteCanBeReadAtAnyOffset(Seed seed) throws Exception {
        for (int i = 0; i < CASES; i++) {
            var random = seed.random(i);
            var stored = StoredDisk.of(RandomDisk.of(random));
            var mapped = mapped(stored, stored.root());
            assertEquals(stored.disk().size(), mapped.size());
            for (int read = 0; read < 20 && mapped.size() > 0; read++) {
                long offset = random.nextLong(mapped.size());
                int length = (int) Math.min(mapped.size() - offset, random.nextInt(1, 9 << 20));
                var target = random.nextBoolean() ? ByteBuffer.allocate(length) : ByteBuffer.allocateDirect(length);
                fillWithGarbage(target, random);

                mapped.read(offset, target);

                assertEquals(0, target.remaining());
                var bytes = new byte[length];
                target.flip().get(bytes);
                assertArrayEquals(stored.disk().bytes(offset, length), bytes, "case %d, byte %d".formatted(i, offset));
            }
        }
    }

    @Test
    void whatIsAllocatedIsTheChunks(Seed seed) throws Exception {
        for (int i = 0; i < CASES; i++) {
            var random = seed.random(i);
            var stored = StoredDisk.of(RandomDisk.of(random));
            var mapped = mapped(stored, stored.root());
            if (mapped.size() == 0) {
                continue;
            }
            long from = random.nextLong(mapped.size());
            long to = from + random.nextLong(1, mapped.size() - from + 1);
            var chunks = Extents.of(stored.chunks().stream().map(chunk -> chunk.extent()).toList());
            assertEquals(chunks.within(from, to), mapped.allocated(Extent.between(from, to)), "case " + i);
            var blocks = mapped.blocks(64 << 10);
            for (int block = 0; block < blocks.onDisk(); block++) {
                var extent = blocks.extent(block);
                assertEquals(chunks.intersects(extent.offset(), extent.end()), blocks.contains(block), "block " + block);
            }
        }
    }

    @Test
    void blocksThatDifferAreAmongThoseThatChanged(Seed seed) throws Exception {
        for (int i = 0; i < CASES; i++) {
            var random = seed.random(i);
            var stored = StoredDisk.of(RandomDisk.of(random));
            var today = stored.disk().copy();
            write(today, random);
            var before = mapped(stored, stored.root());
            var after = mapped(stored, StoredDisk.ingest(today, stored.store()));

            var changed = after.blocksChangedSince(before, 4096);

            for (int block = 0; block < changed.onDisk(); block++) {
                var extent = changed.extent(block);
                boolean same = Arrays.equals(stored.disk().bytes(extent.offset(), (int) extent.length()),
                        today.bytes(extent.offset(), (int) extent.length()));
                assertTrue(same || changed.contains(block), "case %d: block %d changed unnoticed".formatted(i, block));
            }
            assertEquals(0, after.blocksChangedSince(after, 4096).count());
        }
    }

    @Test
    void readsOutsideOfTheDiskAreRefused() throws Exception {
        var stored = StoredDisk.of(new SparseDisk(1000));
        var mapped = mapped(stored, stored.root());
        assertThrows(IllegalArgumentException.class, () -> mapped.read(999, ByteBuffer.allocate(2)));
        assertThrows(IllegalArgumentException.class, () -> mapped.read(-1, ByteBuffer.allocate(1)));
    }

    @Test
    void aMissingChunkFailsTheReadThatNeedsIt(Seed seed) throws Exception {
        var disk = new SparseDisk(1 << 20);
        var bytes = new byte[1 << 20];
        seed.random().nextBytes(bytes);
        disk.write(0, bytes);
        var stored = StoredDisk.of(disk);
        var lost = stored.chunks().getFirst();
        stored.store().stored().remove(lost.id());
        var mapped = mapped(stored, stored.root());
        assertThrows(IOException.class, () -> mapped.read(0, ByteBuffer.allocate(1)));
        mapped.read(lost.end(), ByteBuffer.allocate(1));
    }

    private static MappedDisk mapped(StoredDisk stored, ChunkId root) throws IOException {
        return MappedDisk.open(stored.store().nodes(), stored.store().chunks(), root);
    }

    private static void fillWithGarbage(ByteBuffer target, Random random) {
        while (target.hasRemaining()) {
            target.put((byte) random.nextInt());
        }
        target.clear();
    }

    private static void write(SparseDisk disk, Random random) {
        for (int i = random.nextInt(4); i > 0 && disk.size() > 0; i--) {
            var bytes = new byte[random.nextInt(1, 100_000)];
            random.nextBytes(bytes);
            disk.write(random.nextLong(disk.size()), bytes);
        }
    }
}
