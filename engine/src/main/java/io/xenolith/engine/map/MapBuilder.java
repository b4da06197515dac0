package io.xenolith.engine.map;

import io.xenolith.engine.chunk.ChunkId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Builds a block map from the slots that are new and, for an increment, the nodes of a base for all others.
///
/// Slots may come in any order; a node is stored as soon as all below it is there, so that what is held in memory are the
/// nodes on the way to slots that are still missing. Safe for use by several threads.
public final class MapBuilder {

    private final NodeSink sink;
    private final Optional<BlockMap> base;
    private final Optional<DirtySlots> expected;

    /// Unfinished inner nodes by index; the first map holds those of level 1. Guarded by `this`.
    private final List<Map<Long, Unfinished>> levels = new ArrayList<>();

    /// The node that covers the disk, once it is there and known to be that. Guarded by `this`.
    private Optional<ChunkId> top = Optional.empty();

    private MapBuilder(NodeSink sink, Optional<BlockMap> base, Optional<DirtySlots> expected) {
        this.sink = sink;
        this.base = base;
        this.expected = expected;
    }

    /// Builds a map of which every slot will be given that is not a hole; the disk's size need not be known yet.
    public static MapBuilder whole(NodeSink sink) {
        return new MapBuilder(sink, Optional.empty(), Optional.empty());
    }

    /// Builds a map that is like `base` but in the `dirty` slots, each of which must be given. Where the sizes differ,
    /// the slots from the shorter disk's last one on must be dirty.
    public static MapBuilder onto(BlockMap base, DirtySlots dirty, NodeSink sink) {
        return new MapBuilder(sink, Optional.of(base), Optional.of(dirty));
    }

    /// An inner node of which some children are still missing; `missing` is meaningless when nobody knows how many come.
    private static final class Unfinished {
        private final MapNode.Inner node;
        private int missing;

        Unfinished(MapNode.Inner node, int missing) {
            this.node = node;
            this.missing = missing;
        }
    }

    /// Gives the chunks that begin in `slot`, with offsets from the start of the slot; none, if it is a hole.
    ///
    /// @throws IOException if a finished node cannot be stored
    public void slot(long slot, List<MapNode.SlotChunk> chunks) throws IOException {
        put(0, slot, chunks.isEmpty() ? ChunkId.NULL : sink.writeNode(new MapNode.Leaf(chunks).encode()));
    }

    private synchronized void put(int level, long index, ChunkId id) throws IOException {
        if (expected.isPresent() && level == expected.get().shape().topLevel()) {
            top = Optional.of(id);
            return;
        }
        while (levels.size() <= level) {
            levels.add(new HashMap<>());
        }
        long parent = index / MapShape.FANOUT;
        var unfinished = levels.get(level).get(parent);
        if (unfinished == null) {
            unfinished = begin(level + 1, parent);
            levels.get(level).put(parent, unfinished);
        }
        unfinished.node.children()[(int) (index % MapShape.FANOUT)] = id;
        if (--unfinished.missing == 0) {
            complete(level, parent);
        }
    }

    /// A node with the base's children where they stay, waiting for those that do not.
    private Unfinished begin(int level, long index) throws IOException {
        var node = MapNode.Inner.blank(level);
        if (expected.isEmpty()) {
            return new Unfinished(node, MapShape.FANOUT);
        }
        int missing = 0;
        for (int i = 0; i < MapShape.FANOUT; i++) {
            long child = index * MapShape.FANOUT + i;
            if (expected.get().isDirty(level - 1, child)) {
                missing++;
            } else if (child < expected.get().shape().nodes(level - 1)) {
                node.children()[i] = base.orElseThrow().nodeAt(level - 1, child);
            }
        }
        return new Unfinished(node, missing);
    }

    private void complete(int level, long parent) throws IOException {
        var node = levels.get(level).remove(parent).node;
        put(level + 1, parent, node.isHole() ? ChunkId.NULL : sink.writeNode(node.encode()));
    }

    /// Stores what is left, and the root.
    ///
    /// @param size the disk's size in bytes
    /// @return the root id
    /// @throws IllegalStateException if a dirty slot was not given
    public synchronized ChunkId finish(long size) throws IOException {
        var shape = new MapShape(size);
        if (expected.isEmpty()) {
            completeAll(shape);
        }
        return sink.writeNode(new MapNode.Root(size, top(shape)).encode());
    }

    /// Without a known size, nodes at the end of the disk wait for children that do not come.
    private void completeAll(MapShape shape) throws IOException {
        for (int level = 0; level < shape.topLevel(); level++) {
            if (level < levels.size()) {
                for (long parent : List.copyOf(levels.get(level).keySet())) {
                    complete(level, parent);
                }
            }
        }
    }

    private ChunkId top(MapShape shape) throws IOException {
        int level = shape.topLevel();
        if (shape.slots() == 0) {
            return ChunkId.NULL;
        }
        if (expected.isEmpty()) {
            var above = levels.size() > level ? levels.get(level).get(0L) : null;
            return above == null ? ChunkId.NULL : above.node.children()[0];
        }
        if (!expected.get().isDirty(level, 0)) {
            return base.orElseThrow().nodeAt(level, 0);
        }
        return top.orElseThrow(() -> new IllegalStateException("not all dirty slots were given"));
    }
}
