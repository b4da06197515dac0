package io.xenolith.engine.restore;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.CountedProgress;
import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.engine.chunk.ChunkIdentity;
import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.disk.DiskBlocks;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import io.xenolith.engine.disk.MemoryTarget;
import io.xenolith.engine.disk.RandomDisk;
import io.xenolith.engine.disk.SparseDisk;
import io.xenolith.engine.map.BlockMap;
import io.xenolith.engine.map.MapBuilder;
import io.xenolith.engine.map.MapDiff;
import io.xenolith.engine.store.MemoryChunkStore;
import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SeedExtension.class)
class DiskRestoreTest {

    private static final int CASES = 30;

    @Test
    void aBlankTargetGetsTheChunksAndNothingElse(Seed seed) throws Exception {
        for (int i = 0; i < CASES; i++) {
            var random = seed.random(i);
            var stored = StoredDisk.of(RandomDisk.of(random));
            var target = MemoryTarget.blank(stored.disk().size());

            var restored = stored.restore(random.nextInt(1, 4)).restore(stored.root(), target);

            assertRestored(stored, restored, target);
            var chunks = Extents.of(stored.chunks().stream().map(chunk -> chunk.extent()).toList());
            assertEquals(chunks, target.written(), "case " + i);
        }
    }

    @Test
    void aTargetThatHoldsGarbageIsOverwrittenCompletely(Seed seed) throws Exception {
        for (int i = 0; i < CASES; i++) {
            var random = seed.random(i);
            var stored = StoredDisk.of(RandomDisk.of(random));
            var target = MemoryTarget.holding(RandomDisk.of(stored.disk().size(), random));

            var restored = stored.restore(random.nextInt(1, 4)).restore(stored.root(), target);

            assertRestored(stored, restored, target);
            assertEquals(stored.disk().size(), restored.bytesWritten(), "case " + i);
        }
    }

    @Test
    void aStreamGetsTheDiskFromTheFirstByteToTheLast(Seed seed) throws Exception {
        for (int i = 0; i < CASES; i++) {
            var random = seed.random(i);
            var stored = StoredDisk.of(RandomDisk.of(random));
            var target = MemoryTarget.inSequence(stored.disk().size());

            var restored = stored.restore(random.nextInt(1, 4)).restore(stored.root(), target);

            assertRestored(stored, restored, target);
            assertEquals(stored.disk().size(), restored.bytesWritten(), "case " + i);
        }
    }

    @Test
    void aStreamThatCanDoWithoutZerosGetsTheChunksInOrder(Seed seed) throws Exception {
        for (int i = 0; i < CASES; i++) {
            var random = seed.random(i);
            var stored = StoredDisk.of(RandomDisk.of(random));
            var target = MemoryTarget.inSequenceWithGaps(stored.disk().size());

            var restored = stored.restore(random.nextInt(1, 4)).restore(stored.root(), target);

            assertRestored(stored, restored, target);
            var chunks = Extents.of(stored.chunks().stream().map(chunk -> chunk.extent()).toList());
            assertEquals(chunks, target.written(), "case " + i);
        }
    }

    @Test
    void someBlocksAreRestoredToTheByteAndNothingBesideThem(Seed seed) throws Exception {
        for (int i = 0; i < CASES; i++) {
            var random = seed.random(i);
            var stored = StoredDisk.of(RandomDisk.of(random));
            long size = stored.disk().size();
            var only = new DiskBlocks(size, 512 << random.nextInt(13));
            for (int block = 0; block < only.onDisk(); block++) {
                if (random.nextInt(4) == 0) {
                    only.add(block);
                }
            }
            var target = random.nextBoolean() ? MemoryTarget.inSequenceWithGaps(size) : MemoryTarget.blank(size);

            stored.restore(random.nextInt(1, 4)).restoreOnly(stored.root(), only, target);

            var chunks = Extents.of(stored.chunks().stream().map(chunk -> chunk.extent()).toList());
            var wanted = size == 0 ? Extents.NONE : only.within(new Extent(0, size)).intersect(chunks);
            assertEquals(wanted, target.written(), "case " + i);
            for (var extent : wanted) {
                assertArrayEquals(stored.disk().bytes(extent.offset(), (int) extent.length()),
                        target.content().bytes(extent.offset(), (int) extent.length()));
            }
        }
    }

    @Test
    void anUpdateWritesOnlyWhatDiffersFromTheOlderState(Seed seed) throws Exception {
        for (int i = 0; i < CASES; i++) {
            var random = seed.random(i);
            // given a target with an older state of the disk, made as large as the disk is now
            var today = RandomDisk.of(random);
            var older = olderState(today, random);
            var stored = StoredDisk.of(today);
            var target = MemoryTarget.holding(older.copy());
            // when it is updated
            var restored = stored.restore(2).update(stored.root(), target);
            // then it is the disk of today, and all writes lie where the maps differ
            assertRestored(stored, restored, target);
            var different = difference(stored, older);
            assertEquals(target.written(), target.written().intersect(different), "case " + i);
            assertTrue(restored.bytesWritten() <= different.bytes(), "case " + i);
        }
    }

    @Test
    void anUpdateToTheSameStateWritesNothing(Seed seed) throws Exception {
        for (int i = 0; i < CASES; i++) {
            var stored = StoredDisk.of(RandomDisk.of(seed.random(i)));
            var target = MemoryTarget.holding(stored.disk().copy());

            var restored = stored.restore(2).update(stored.root(), target);

            assertRestored(stored, restored, target);
            assertEquals(0, restored.bytesWritten(), "case " + i);
        }
    }

    @Test
    void aTargetThatIsWrittenInSequenceCannotBeUpdated() throws Exception {
        var stored = StoredDisk.of(new SparseDisk(5000));
        var e = assertThrows(IllegalArgumentException.class,
                () -> stored.restore(1).update(stored.root(), MemoryTarget.inSequence(5000)));
        assertTrue(e.getMessage().contains("in sequence"), e.getMessage());
    }

    @Test
    void aHugeEmptyDiskTakesNoTimeOnABlankTarget() throws Exception {
        var store = new MemoryChunkStore(Chunking.DEFAULT, ChunkIdentity.plain());
        var root = MapBuilder.whole(store.beginDisk()).finish(1L << 50);
        var stored = new StoredDisk(new SparseDisk(1L << 50), store, root, new CountedProgress());
        var target = MemoryTarget.blank(1L << 50);
        assertRestored(stored, stored.restore(1).restore(stored.root(), target), target);
    }

    private static SparseDisk olderState(SparseDisk today, Random random) {
        var older = today.copy();
        older.resize(random.nextInt(3) == 0 ? RandomDisk.size(random) : today.size());
        for (int i = random.nextInt(4); i > 0; i--) {
            RandomDisk.write(older, random);
        }
        older.resize(today.size());
        return older;
    }

    private static Extents difference(StoredDisk stored, SparseDisk older) throws Exception {
        var olderRoot = StoredDisk.ingest(older, stored.store());
        var different = new ArrayList<Extent>();
        MapDiff.compare(BlockMap.open(stored.store().nodes(), olderRoot),
                BlockMap.open(stored.store().nodes(), stored.root()), different::add);
        return Extents.of(different);
    }

    private static void assertRestored(StoredDisk stored, RestoredDisk restored, MemoryTarget target) {
        RandomDisk.assertSame(stored.disk(), target.content(), Extents.NONE);
        assertEquals(stored.disk().size(), restored.size());
        assertEquals(target.written().bytes(), restored.bytesWritten());
        assertTrue(restored.isWhole());
        assertEquals(restored.size(), stored.progress().expected());
        assertEquals(restored.size(), stored.progress().done());
        assertFalse(target.isCommitted(), "committing is up to the caller");
    }
}
