package io.xenolith.engine.map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import io.xenolith.engine.map.MapNode.SlotChunk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Maps that are built, read and compared, without any disk below them.
@ExtendWith(SeedExtension.class)
class BlockMapTest {

    private static final long SLOT = MapShape.SLOT_BYTES;

    private final MemoryNodes nodes = new MemoryNodes();

    @Test
    void theOrderInWhichSlotsComeDoesNotMatter(Seed seed) throws Exception {
        for (int i = 0; i < 50; i++) {
            var random = seed.random(i);
            long size = random.nextLong(1, 70L * 64 * SLOT);
            var slots = randomSlots(size, random);
            assertEquals(whole(size, slots, new ArrayList<>(slots.keySet())), whole(size, slots, shuffled(slots, random)));
        }
    }

    @Test
    void slotsThatAreHolesNeedNotBeGiven(Seed seed) throws Exception {
        var random = seed.random();
        long size = 5000 * SLOT - 1;
        var slots = randomSlots(size, random);
        var expected = whole(size, slots, new ArrayList<>(slots.keySet()));
        for (long slot = 0; slot < 5000; slot += 7) {
            slots.putIfAbsent(slot, List.of());
        }
        assertEquals(expected, whole(size, slots, shuffled(slots, random)));
    }

    @Test
    void aMapOntoABaseIsThatOfTheWhole(Seed seed) throws Exception {
        for (int i = 0; i < 50; i++) {
            var random = seed.random(i);
            // given a disk, and some slots of it changed
            long size = random.nextLong(1, 70L * 64 * SLOT);
            var slots = randomSlots(size, random);
            var base = BlockMap.open(nodes, whole(size, slots, new ArrayList<>(slots.keySet())));
            var changed = randomSlots(size, random);
            slots.keySet().stream().filter(_ -> random.nextInt(4) == 0).forEach(slot -> changed.put(slot, List.of()));
            // when they are put onto its map in any order
            var builder = MapBuilder.onto(base, dirty(size, changed), nodes);
            for (long slot : shuffled(changed, random)) {
                builder.slot(slot, changed.get(slot));
            }
            // then the root is that of a map from scratch
            slots.putAll(changed);
            assertEquals(whole(size, slots, new ArrayList<>(slots.keySet())), builder.finish(size), "case " + i);
        }
    }

    @Test
    void aMissingDirtySlotIsNotedAtTheEnd(Seed seed) throws Exception {
        var random = seed.random();
        for (long size : List.of(1L, 3 * SLOT, 100 * SLOT, 5000 * SLOT)) {
            var base = BlockMap.open(nodes, whole(size, new TreeMap<>(), List.of()));
            var changed = randomSlots(size, random);
            changed.put(0L, MapNodeTest.randomChunks(random));
            var builder = MapBuilder.onto(base, dirty(size, changed), nodes);
            var given = shuffled(changed, random);
            given.removeLast();
            for (long slot : given) {
                builder.slot(slot, changed.get(slot));
            }
            assertThrows(IllegalStateException.class, () -> builder.finish(size), size + " bytes");
        }
    }

    @Test
    void aWalkAndALookUpFindWhatWasGiven(Seed seed) throws Exception {
        var random = seed.random();
        long size = 5000 * SLOT;
        var slots = randomSlots(size, random);
        var map = BlockMap.open(nodes, whole(size, slots, new ArrayList<>(slots.keySet())));
        var walked = new TreeMap<Long, List<MapChunk>>();
        map.walk((extent, chunks) -> walked.put(extent.offset() / SLOT, chunks));
        assertEquals(slots.keySet(), walked.keySet());
        for (var slot : slots.entrySet()) {
            var expected = slot.getValue().stream()
                    .map(c -> new MapChunk(slot.getKey() * SLOT + c.offset(), c.length(), c.id())).toList();
            assertEquals(expected, walked.get(slot.getKey()));
            assertEquals(expected, map.slot(slot.getKey()));
        }
    }

    @Test
    void theLargestDiskIsWalkedToItsEnd(Seed seed) throws Exception {
        var chunk = new SlotChunk(0, 4096, MapNodeTest.id(seed.random()));
        var slots = new TreeMap<Long, List<SlotChunk>>();
        slots.put(0L, List.of(chunk));
        slots.put(MapShape.MAX_SIZE / SLOT - 1, List.of(chunk));
        var map = BlockMap.open(nodes, whole(MapShape.MAX_SIZE, slots, new ArrayList<>(slots.keySet())));
        var walked = new ArrayList<Extent>();
        map.walk((extent, _) -> walked.add(extent));
        assertEquals(List.of(new Extent(0, SLOT), Extent.between(MapShape.MAX_SIZE - SLOT, MapShape.MAX_SIZE)), walked);
    }

    @Test
    void oneSlotOfAnEmptyTebibyteIsComparedAlongTwoPaths(Seed seed) throws Exception {
        compareTwoThatDifferInOneSlot(new TreeMap<>(), seed.random());
    }

    @Test
    void oneSlotOfASparseTebibyteIsComparedAlongTwoPaths(Seed seed) throws Exception {
        compareTwoThatDifferInOneSlot(randomSlots(1L << 40, seed.random()), seed.random(1));
    }

    private void compareTwoThatDifferInOneSlot(TreeMap<Long, List<SlotChunk>> slots, Random random) throws Exception {
        long size = 1L << 40;
        var before = whole(size, slots, new ArrayList<>(slots.keySet()));
        long slot = random.nextLong(size / SLOT);
        var chunk = new SlotChunk(8192, 4096, MapNodeTest.id(random));
        slots.put(slot, List.of(chunk));
        var after = whole(size, slots, new ArrayList<>(slots.keySet()));

        long readBefore = nodes.reads();
        var found = new ArrayList<Extent>();
        MapDiff.compare(BlockMap.open(nodes, before), BlockMap.open(nodes, after), found::add);

        assertTrue(Extents.of(found).intersects(slot * SLOT + 8192, slot * SLOT + 8192 + 4096), found.toString());
        assertEquals(Extents.of(found), Extents.of(found).within(slot * SLOT, (slot + 2) * SLOT));
        long read = nodes.reads() - readBefore;
        assertTrue(read <= 2L * (new MapShape(size).topLevel() + 2), read + " nodes");
    }

    @Test
    void equalMapsAreComparedByTheirRoots(Seed seed) throws Exception {
        var root = whole(1L << 40, randomSlots(1L << 40, seed.random()), List.of());
        var map = BlockMap.open(nodes, root);
        long readBefore = nodes.reads();
        MapDiff.compare(map, BlockMap.open(nodes, root), extent -> {
            throw new AssertionError(extent + " differs");
        });
        assertEquals(1, nodes.reads() - readBefore);
    }

    @Test
    void aNodeThatStandsWhereAnotherKindShouldIsCorrupt() throws Exception {
        var leaf = nodes.writeNode(new MapNode.Leaf(List.of(new SlotChunk(0, 1, new ChunkId(1, 2, 3, 4)))).encode());
        var inner = MapNode.Inner.blank(2);
        inner.children()[0] = leaf;
        var wrongLevel = nodes.writeNode(inner.encode());
        assertThrows(CorruptMapException.class, () -> BlockMap.open(nodes, leaf));
        for (var root : List.of(new MapNode.Root(100 * SLOT, leaf), new MapNode.Root(100 * SLOT, wrongLevel),
                new MapNode.Root(1, wrongLevel))) {
            var map = BlockMap.open(nodes, nodes.writeNode(root.encode()));
            assertThrows(CorruptMapException.class, () -> map.walk((_, _) -> { }), root.toString());
        }
    }

    private ChunkId whole(long size, TreeMap<Long, List<SlotChunk>> slots, List<Long> order) throws IOException {
        var builder = MapBuilder.whole(nodes);
        for (long slot : order) {
            builder.slot(slot, slots.get(slot));
        }
        return builder.finish(size);
    }

    private static DirtySlots dirty(long size, TreeMap<Long, List<SlotChunk>> changed) {
        var extents = changed.keySet().stream().map(slot -> new Extent(slot * SLOT, 1)).toList();
        return new DirtySlots(new MapShape(size), Extents.of(extents));
    }

    private static TreeMap<Long, List<SlotChunk>> randomSlots(long size, Random random) {
        var slots = new TreeMap<Long, List<SlotChunk>>();
        long count = new MapShape(size).slots();
        for (int i = random.nextInt(1, 100); i > 0; i--) {
            slots.put(random.nextLong(count), MapNodeTest.randomChunks(random));
        }
        return slots;
    }

    private static List<Long> shuffled(TreeMap<Long, List<SlotChunk>> slots, Random random) {
        var order = new ArrayList<>(slots.keySet());
        Collections.shuffle(order, random);
        return order;
    }
}
