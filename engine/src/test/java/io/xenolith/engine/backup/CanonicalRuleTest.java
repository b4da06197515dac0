package io.xenolith.engine.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Progress;
import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.chunk.ChunkIdentity;
import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import io.xenolith.engine.disk.SparseDisk;
import io.xenolith.engine.map.BlockMap;
import io.xenolith.engine.map.MapDiff;
import io.xenolith.engine.store.MemoryChunkStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The same bytes give the same root id, however the restore point was made.
@ExtendWith(SeedExtension.class)
class CanonicalRuleTest {

    private static final int CASES = 1500;
    private static final int STEPS = 4;

    @Test
    void anySequenceOfIncrementsHasTheRootOfAFull(Seed seed) throws Exception {
        for (int i = 0; i < CASES; i++) {
            var random = seed.random(i);
            var disk = randomDisk(random);
            var store = newStore(random);
            var root = ingest(store).whole(disk).root();
            for (int step = 0; step < STEPS; step++) {
                // given a day's changes, reported more or less widely
                var before = disk.copy();
                var changed = mutate(disk, random);
                var reported = random.nextBoolean() ? changed : widened(changed, disk.size());
                // when only they are read
                var today = disk.copy();
                var increment = ingest(store).changed(today, new ChangesSince(root, reported), random);
                // then the root is that of a full of the same bytes
                var full = ingest(newStoreLike(store)).whole(disk.copy());
                assertEquals(full.root(), increment.root(), "case %d, step %d".formatted(i, step));
                assertInstanceOf(Reading.Changed.class, increment.reading());
                assertReadIsBounded(increment, today, reported, before.size());
                assertDiffCovers(store, root, increment.root(), before, disk);
                root = increment.root();
            }
        }
    }

    @Test
    void changesThatArriveInOrderHaveTheRootOfAFull(Seed seed) throws Exception {
        for (int i = 0; i < CASES / 10; i++) {
            var random = seed.random(i);
            var disk = randomDisk(random);
            var store = newStore(random);
            var root = ingest(store).whole(disk).root();
            for (int step = 0; step < STEPS; step++) {
                // given the image of a day's changes, which says nothing of zeros that a larger disk has more
                var changed = mutate(disk, random).within(0, disk.size());
                var delta = disk.copy().asDelta(changed, 512 << random.nextInt(15));
                // when it is laid over the day before
                var increment = ingest(store).delta(delta, root);
                // then the root is that of a full of the same bytes, and just the changes were read
                var full = ingest(newStoreLike(store)).whole(disk.copy());
                assertEquals(full.root(), increment.root(), "case %d, step %d".formatted(i, step));
                assertEquals(changed.bytes(), increment.bytesRead());
                root = increment.root();
            }
        }
    }

    @Test
    void aStreamThatPassesOverZerosHasTheRootOfAFile(Seed seed) throws Exception {
        for (int i = 0; i < 200; i++) {
            var random = seed.random(i);
            var disk = randomDisk(random);
            var store = newStore(random);
            var whole = ingest(store).whole(disk);
            var streamed = ingest(newStoreLike(store)).stream(disk.copy().asStreamWithHoles());
            assertEquals(whole.root(), streamed.root(), "case " + i);
            assertEquals(whole.size(), streamed.size());
        }
    }

    @Test
    void aStreamOfUnknownLengthHasTheRootOfAFile(Seed seed) throws Exception {
        for (int i = 0; i < 200; i++) {
            var random = seed.random(i);
            var disk = randomDisk(random);
            var store = newStore(random);
            assertEquals(ingest(store).whole(disk).root(), ingest(store).stream(disk.asStream()).root(), "case " + i);
        }
    }

    @Test
    void emptyAndAllZeroDisksOfEverySizeDiffer() throws Exception {
        var store = newStore(new Random(1));
        var roots = new ArrayList<ChunkId>();
        for (long size : List.of(0L, 1L, 511L, 4096L, 65536L, 4L << 20, 32L << 20, (256L << 20) + 1, 1L << 40)) {
            var ingested = ingest(store).whole(new SparseDisk(size));
            assertEquals(0, ingested.bytesRead());
            assertEquals(size, BlockMap.open(store.nodes(), ingested.root()).size());
            roots.add(ingested.root());
        }
        assertEquals(roots.size(), roots.stream().distinct().count());
    }

    /// From the source come the reported extents, what a larger disk has more, and the sample; nothing else.
    private static void assertReadIsBounded(IngestedDisk increment, SparseDisk disk, Extents reported, long oldSize) {
        long sampled = ((Reading.Changed) increment.reading()).sampledBytes();
        long allowed = reported.within(0, disk.size()).union(Extents.between(oldSize, disk.size())).bytes();
        assertTrue(increment.bytesRead() <= allowed + sampled,
                "read %d, allowed %d + %d".formatted(increment.bytesRead(), allowed, sampled));
        assertTrue(disk.reads().bytes() <= increment.bytesRead(), "more was read than was told");
    }

    /// Every byte that differs is in the diff, and what is outside of it is equal.
    private static void assertDiffCovers(MemoryChunkStore store, ChunkId old, ChunkId now, SparseDisk before,
            SparseDisk after) throws Exception {
        var extents = new ArrayList<Extent>();
        MapDiff.compare(BlockMap.open(store.nodes(), old), BlockMap.open(store.nodes(), now), extents::add);
        var diff = Extents.of(extents);
        assertEquals(diff.asList(), extents, "not ascending and apart");
        long common = Math.min(before.size(), after.size());
        for (var allocated : before.allocated(new Extent(0, Math.max(1, common)))
                .union(after.allocated(new Extent(0, Math.max(1, common))))) {
            for (long page = allocated.offset(); page < Math.min(common, allocated.end()); page += 4096) {
                int length = (int) Math.min(4096, common - page);
                if (!java.util.Arrays.equals(before.bytes(page, length), after.bytes(page, length))) {
                    assertTrue(diff.intersects(page, page + length), "page %d differs unnoticed".formatted(page));
                }
            }
        }
    }

    private static DiskIngest ingest(MemoryChunkStore store) {
        return new DiskIngest(store, 2, Progress.NONE);
    }

    private static MemoryChunkStore newStore(Random random) {
        var chunking = new Chunking(random.nextInt(4) == 0 ? 64 << 10 : 16 << 10);
        var key = new byte[32];
        random.nextBytes(key);
        return new MemoryChunkStore(chunking, random.nextBoolean() ? ChunkIdentity.plain() : ChunkIdentity.keyed(key));
    }

    private static MemoryChunkStore newStoreLike(MemoryChunkStore store) {
        return new MemoryChunkStore(store.chunking(), store.identity());
    }

    private static Extents widened(Extents changed, long size) {
        return changed.alignedOutward(64 << 10, size);
    }

    /// Small disks mostly; now and then a large one with islands of data where slots, regions and tree levels meet.
    private static SparseDisk randomDisk(Random random) {
        var disk = new SparseDisk(randomSize(random));
        for (int i = random.nextInt(6); i > 0; i--) {
            write(disk, random);
        }
        return disk;
    }

    private static long randomSize(Random random) {
        long size = switch (random.nextInt(8)) {
            case 0 -> 0;
            case 1 -> random.nextInt(70_000);
            case 2 -> (4L << 20) * random.nextInt(1, 20) + random.nextInt(-5000, 5000);
            case 3 -> (32L << 20) * random.nextInt(1, 10) + random.nextInt(-70_000, 70_000);
            case 4 -> (256L << 20) * random.nextInt(1, 3) + random.nextInt(-70_000, 70_000);
            default -> random.nextInt(1, 2 << 20);
        };
        return random.nextBoolean() ? size : size / 4096 * 4096;
    }

    private static Extents mutate(SparseDisk disk, Random random) {
        long oldSize = disk.size();
        if (random.nextInt(4) == 0) {
            disk.resize(random.nextBoolean() ? randomSize(random)
                    : Math.max(0, oldSize + random.nextInt(-200_000, 200_000)));
        }
        var changed = new ArrayList<Extent>();
        for (int i = random.nextInt(5); i > 0; i--) {
            write(disk, random).forEach(changed::add);
        }
        return Extents.of(changed);
    }

    /// Writes something somewhere: one byte or a MiB, aligned or not, random, repetitive or zeros.
    private static Extents write(SparseDisk disk, Random random) {
        if (disk.size() == 0) {
            return Extents.NONE;
        }
        long offset = randomOffset(disk.size(), random);
        int length = 1 + switch (random.nextInt(5)) {
            case 0 -> 0;
            case 1 -> random.nextInt(5000);
            case 2 -> 65535;
            case 3 -> random.nextInt(300_000);
            default -> random.nextInt(600_000);
        };
        var bytes = new byte[(int) Math.min(length, disk.size() - offset)];
        switch (random.nextInt(5)) {
            case 0 -> { }
            case 1 -> java.util.Arrays.fill(bytes, (byte) random.nextInt(3));
            default -> random.nextBytes(bytes);
        }
        disk.write(offset, bytes);
        return bytes.length == 0 ? Extents.NONE : Extents.of(new Extent(offset, bytes.length));
    }

    private static long randomOffset(long size, Random random) {
        long anywhere = (random.nextLong() >>> 1) % size;
        long offset = switch (random.nextInt(6)) {
            case 0 -> anywhere;
            case 1 -> anywhere / 4096 * 4096;
            case 2 -> anywhere / 65536 * 65536;
            case 3 -> anywhere / (4 << 20) * (4 << 20) - random.nextInt(100_000);
            case 4 -> anywhere / (32 << 20) * (32 << 20) - random.nextInt(100_000);
            default -> size - 1 - random.nextInt(100_000);
        };
        return Math.clamp(offset, 0, size - 1);
    }
}
