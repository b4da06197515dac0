package io.xenolith.engine.restore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Progress;
import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import io.xenolith.engine.disk.MemoryTarget;
import io.xenolith.engine.disk.RandomDisk;
import io.xenolith.engine.disk.SparseDisk;
import io.xenolith.engine.map.BlockMap;
import io.xenolith.engine.map.MapChunk;
import io.xenolith.engine.map.MapVisitor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SeedExtension.class)
class DamagedRestoreTest {

    private static final int CASES = 80;

    @Test
    void whatIsLostIsLeftOutAndAllElseIsRestored(Seed seed) throws Exception {
        for (int i = 0; i < CASES; i++) {
            var random = seed.random(i);
            // given a disk of which some chunks and nodes are missing or damaged
            var stored = StoredDisk.of(RandomDisk.of(random));
            var all = stored.chunks();
            stored.damage(random.nextInt(1, 5), random);
            // when it is restored around the damage
            var target = anyTarget(stored.disk().size(), random);
            var restored = stored.restore(random.nextInt(1, 4)).restoreAroundDamage(stored.root(), target);
            // then the list covers what is lost, spares what is not, and zeros stand where something is left out
            assertLeftOut(stored, all, restored);
            assertZerosWhereLeftOut(target, restored);
            assertEquals(restored.size(), stored.progress().done());
            RandomDisk.assertSame(stored.disk(), target.content(), extents(restored));
        }
    }

    @Test
    void anUpdateAroundDamageLosesOnlyWhatTheTargetDidNotHold(Seed seed) throws Exception {
        for (int i = 0; i < CASES; i++) {
            var random = seed.random(i);
            var stored = StoredDisk.of(RandomDisk.of(random));
            var older = stored.disk().copy();
            RandomDisk.write(older, random);
            stored.damage(random.nextInt(1, 5), random);
            var target = MemoryTarget.holding(older);

            var restored = stored.restore(2).updateAroundDamage(stored.root(), target);

            assertZerosWhereLeftOut(target, restored);
            RandomDisk.assertSame(stored.disk(), target.content(), extents(restored));
        }
    }

    @Test
    void aLostChunkThatTheTargetHoldsAlreadyIsNotLeftOut(Seed seed) throws Exception {
        // given a disk all of whose chunks are lost, and a target that holds it
        var stored = StoredDisk.of(noise(10 << 20, seed.random()));
        stored.chunks().forEach(chunk -> stored.store().stored().remove(chunk.id()));
        var target = MemoryTarget.holding(stored.disk().copy());

        var restored = stored.restore(2).updateAroundDamage(stored.root(), target);

        assertTrue(restored.isWhole());
        assertEquals(0, restored.bytesWritten());
    }

    @Test
    void aChunkOfALostLeafThatReachesIntoTheNextSlotIsLeftOutWhole(Seed seed) throws Exception {
        // given data everywhere, and the loss of a leaf whose last chunk reaches into the next slot
        var stored = StoredDisk.of(noise(12 << 20, seed.random()));
        var reaching = stored.chunks().stream().filter(chunk -> chunk.offset() < 4 << 20 && chunk.end() > 4 << 20).findAny();
        stored.store().stored().remove(BlockMap.open(stored.store().nodes(), stored.root()).nodeAt(0, 0));

        var restored = stored.restore(2).restoreAroundDamage(stored.root(), MemoryTarget.blank(12 << 20));

        long end = reaching.map(MapChunk::end).orElse(4L << 20);
        assertEquals(List.of(new Extent(0, end)), extents(restored).asList());
        assertTrue(restored.leftOut().getFirst().reason().startsWith("no chunk"), restored.toString());
    }

    @Test
    void aHoleBehindTheNextKnownChunkIsNotDoubted(Seed seed) throws Exception {
        // given a lost leaf, and in the next slot one block of data with holes on both sides
        var disk = new SparseDisk(8 << 20);
        var block = new byte[64 << 10];
        seed.random().nextBytes(block);
        disk.write(0, block);
        disk.write(5 << 20, block);
        var stored = StoredDisk.of(disk);
        stored.store().stored().remove(BlockMap.open(stored.store().nodes(), stored.root()).nodeAt(0, 0));

        var restored = stored.restore(2).restoreAroundDamage(stored.root(), MemoryTarget.blank(8 << 20));

        assertEquals(List.of(new Extent(0, 5 << 20)), extents(restored).asList());
    }

    @Test
    void lossesThatTouchAreOneWithTheReasonOfTheFirst() throws Exception {
        var losses = Losses.allowed();
        losses.add(new Extent(20, 10), new IOException("c"));
        losses.add(new Extent(0, 10), new IOException("a"));
        losses.add(new Extent(40, 5), new IOException());
        losses.add(new Extent(10, 10), new IOException("b"));
        assertEquals(List.of(new LeftOut(new Extent(0, 30), "a"),
                new LeftOut(new Extent(40, 5), "java.io.IOException")), losses.asList());
    }

    @Test
    void withoutLeaveToGoAroundItTheFirstDamageEndsTheRestoreAsItIs(Seed seed) throws Exception {
        var stored = StoredDisk.of(noise(10 << 20, seed.random()));
        var failure = new DamagedException();
        var restore = new DiskRestore(stored.store().nodes(), (chunks, receiver) ->
                receiver.unreadable(chunks.getFirst(), failure), stored.store().identity(), 2, Progress.NONE);
        for (var target : List.of(MemoryTarget.blank(10 << 20), MemoryTarget.inSequence(10 << 20))) {
            assertSame(failure, assertThrows(DamagedException.class, () -> restore.restore(stored.root(), target)));
        }
        assertSame(failure, assertThrows(DamagedException.class,
                () -> restore.update(stored.root(), MemoryTarget.holding(new SparseDisk(10 << 20)))));
        RestoreThreads.assertNoneLeft();
    }

    @Test
    void aLostNodeEndsTheRestoreToo(Seed seed) throws Exception {
        var stored = StoredDisk.of(noise(10 << 20, seed.random()));
        var leaf = BlockMap.open(stored.store().nodes(), stored.root()).nodeAt(0, 1);
        stored.store().stored().remove(leaf);
        var e = assertThrows(IOException.class,
                () -> stored.restore(2).restore(stored.root(), MemoryTarget.blank(10 << 20)));
        assertEquals("no chunk " + leaf, e.getMessage());
        RestoreThreads.assertNoneLeft();
    }

    @Test
    void withoutTheRootNothingCanBeRestored(Seed seed) throws Exception {
        var stored = StoredDisk.of(noise(10 << 20, seed.random()));
        stored.store().stored().remove(stored.root());
        assertThrows(IOException.class,
                () -> stored.restore(2).restoreAroundDamage(stored.root(), MemoryTarget.blank(10 << 20)));
    }

    private static final class DamagedException extends IOException {
        private static final long serialVersionUID = 1;
    }

    private static MemoryTarget anyTarget(long size, Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> MemoryTarget.blank(size);
            case 1 -> MemoryTarget.inSequence(size);
            default -> MemoryTarget.holding(RandomDisk.of(size, random));
        };
    }

    private static SparseDisk noise(int size, Random random) {
        var disk = new SparseDisk(size);
        var bytes = new byte[size];
        random.nextBytes(bytes);
        disk.write(0, bytes);
        return disk;
    }

    private static void assertLeftOut(StoredDisk stored, List<MapChunk> all, RestoredDisk restored) throws IOException {
        var leftOut = extents(restored);
        assertEquals(leftOut.asList(), restored.leftOut().stream().map(LeftOut::extent).toList(), "not ascending and apart");
        var readable = new HashSet<>(stored.chunks());
        for (var chunk : all) {
            if (readable.contains(chunk)) {
                assertFalse(leftOut.intersects(chunk.offset(), chunk.end()), chunk + " is left out for no reason");
            } else {
                assertEquals(chunk.length(), leftOut.runFrom(chunk.offset(), chunk.length()), chunk + " is not listed");
            }
        }
        for (var lost : lostNodes(stored)) {
            assertFalse(leftOut.within(lost.offset(), lost.end()).isEmpty(), "a lost node over " + lost + " is not listed");
        }
    }

    private static List<Extent> lostNodes(StoredDisk stored) throws IOException {
        var lost = new ArrayList<Extent>();
        BlockMap.open(stored.store().nodes(), stored.root()).walk(new MapVisitor() {
            @Override
            public void leaf(Extent slot, List<MapChunk> chunks) {
            }

            @Override
            public void unreadable(ChunkId node, Extent extent, IOException failure) {
                lost.add(extent);
            }
        });
        return lost;
    }

    private static void assertZerosWhereLeftOut(MemoryTarget target, RestoredDisk restored) {
        for (var extent : extents(restored)) {
            for (var data : target.content().allocated(extent)) {
                assertEquals(-1, firstNonZero(target.content().bytes(data.offset(), (int) data.length())), "in " + data);
            }
        }
    }

    private static int firstNonZero(byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] != 0) {
                return i;
            }
        }
        return -1;
    }

    private static Extents extents(RestoredDisk restored) {
        return Extents.of(restored.leftOut().stream().map(LeftOut::extent).toList());
    }
}
