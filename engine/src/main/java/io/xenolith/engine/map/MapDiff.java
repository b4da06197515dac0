package io.xenolith.engine.map;

import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.disk.Extent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Finds where two disks may differ, by comparing their maps. Subtrees with the same id are not looked into, so the time
/// taken follows what differs. The answer is exact to the chunk: every byte that differs is in it, and each extent in it
/// belongs to chunks of which at least one differs.
public final class MapDiff {

    private final BlockMap before;
    private final BlockMap after;
    private final Consumer<Extent> out;
    private Optional<Extent> pending = Optional.empty();

    private MapDiff(BlockMap before, BlockMap after, Consumer<Extent> out) {
        this.before = before;
        this.after = after;
        this.out = out;
    }

    /// Gives to `out` the extents in which `after` differs from `before`, in ascending order, neither overlapping nor
    /// touching. What only one of the disks has because it is larger counts as different only where it holds data.
    public static void compare(BlockMap before, BlockMap after, Consumer<Extent> out) throws IOException {
        if (before.root().equals(after.root())) {
            return;
        }
        var diff = new MapDiff(before, after, out);
        int top = Math.max(before.shape().topLevel(), after.shape().topLevel());
        diff.node(top, 0, before.nodeAt(top, 0), after.nodeAt(top, 0));
        diff.pending.ifPresent(out);
    }

    private void node(int level, long index, ChunkId old, ChunkId now) throws IOException {
        boolean oldIsReal = level <= before.shape().topLevel();
        boolean newIsReal = level <= after.shape().topLevel();
        if (old.isNull() && now.isNull() || old.equals(now) && oldIsReal == newIsReal) {
            return;
        }
        if (level == 0) {
            slot(before.slot(index), after.slot(index));
            return;
        }
        var oldChildren = children(before, level, old);
        var newChildren = children(after, level, now);
        for (int i = 0; i < MapShape.FANOUT; i++) {
            node(level - 1, index * MapShape.FANOUT + i, oldChildren[i], newChildren[i]);
        }
    }

    private static ChunkId[] children(BlockMap map, int level, ChunkId node) throws IOException {
        if (level > map.shape().topLevel()) { // only the larger disk has this level; the smaller one's tree is its first child
            var children = MapNode.Inner.blank(level).children();
            children[0] = node;
            return children;
        }
        return node.isNull() ? MapNode.Inner.blank(level).children() : map.inner(node, level).children();
    }

    private void slot(List<MapChunk> old, List<MapChunk> now) {
        var unchanged = new HashSet<>(old);
        unchanged.retainAll(now);
        var different = new ArrayList<Extent>();
        for (var side : List.of(old, now)) {
            side.stream().filter(chunk -> !unchanged.contains(chunk)).map(MapChunk::extent).forEach(different::add);
        }
        different.stream().sorted().forEach(this::emit);
    }

    /// Extents come by ascending start, since slots do; the one before may reach into this one.
    private void emit(Extent next) {
        if (pending.isPresent() && pending.get().end() >= next.offset()) {
            next = Extent.between(pending.get().offset(), Math.max(pending.get().end(), next.end()));
        } else {
            pending.ifPresent(out);
        }
        pending = Optional.of(next);
    }
}
