package io.xenolith.engine.map;

import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.disk.Extent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads the block map of one disk at one moment. Safe for use by several threads; keeps a few nodes in memory, however
/// large the disk is.
public final class BlockMap {

    private static final int CACHED_NODES = 64;

    private final NodeSource nodes;
    private final ChunkId id;
    private final MapNode.Root root;
    private final MapShape shape;

    /// Guarded by itself; never held while a node is read.
    private final Map<ChunkId, MapNode> cache = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ChunkId, MapNode> eldest) {
            return size() > CACHED_NODES;
        }
    };

    private BlockMap(NodeSource nodes, ChunkId id, MapNode.Root root) {
        this.nodes = nodes;
        this.id = id;
        this.root = root;
        this.shape = new MapShape(root.size());
    }

    /// Opens the map whose root node is `root`.
    ///
    /// @throws IOException if the root node cannot be read or is none
    public static BlockMap open(NodeSource nodes, ChunkId root) throws IOException {
        if (MapNode.decode(root, nodes.readNode(root)) instanceof MapNode.Root node) {
            return new BlockMap(nodes, root, node);
        }
        throw new CorruptMapException(root, "it is not the root of a block map");
    }

    /// The root id.
    public ChunkId root() {
        return id;
    }

    /// The disk's size in bytes.
    public long size() {
        return root.size();
    }

    public MapShape shape() {
        return shape;
    }

    /// The id of the node `index` of `level`: the null id for a hole and for what lies outside the tree.
    public ChunkId nodeAt(int level, long index) throws IOException {
        int top = shape.topLevel();
        if (level > top || index >= shape.nodes(level)) {
            return level > top && index == 0 ? root.top() : ChunkId.NULL;
        }
        var node = root.top();
        for (int at = top; at > level && !node.isNull(); at--) {
            int child = (int) (index >>> MapShape.FANOUT_BITS * (at - 1 - level)) & MapShape.FANOUT - 1;
            node = inner(node, at).children()[child];
        }
        return node;
    }

    /// The chunks that have a byte in `[from, to)`, in the order of their offsets. All of them are held in memory: ask
    /// for a region, not for a disk.
    public List<MapChunk> chunks(long from, long to) throws IOException {
        var found = new ArrayList<MapChunk>();
        long lastSlot = Math.min(shape.slots(), (to + MapShape.SLOT_BYTES - 1) / MapShape.SLOT_BYTES);
        long region = from / Chunking.REGION_BYTES * (Chunking.REGION_BYTES / MapShape.SLOT_BYTES);
        for (long slot = Math.max(region, from / MapShape.SLOT_BYTES - 1); slot < lastSlot; slot++) {
            for (var chunk : slot(slot)) {
                if (chunk.end() > from && chunk.offset() < to) {
                    found.add(chunk);
                }
            }
        }
        return found;
    }

    /// The chunks that begin in slot `slot`.
    List<MapChunk> slot(long slot) throws IOException {
        var leaf = nodeAt(0, slot);
        return leaf.isNull() ? List.of() : placed(leaf(leaf), slot);
    }

    private static List<MapChunk> placed(MapNode.Leaf leaf, long slot) {
        long start = slot * MapShape.SLOT_BYTES;
        return leaf.chunks().stream().map(c -> new MapChunk(start + c.offset(), c.length(), c.id())).toList();
    }

    /// Walks the whole map.
    public void walk(MapVisitor visitor) throws IOException {
        var disk = new Extent(0, Math.max(1, size())); // an empty disk has a root, too
        if (visitor.enter(id, disk) && !root.top().isNull()) {
            walk(root.top(), shape.topLevel(), 0, visitor);
        }
    }

    private void walk(ChunkId node, int level, long index, MapVisitor visitor) throws IOException {
        long from = index * MapShape.span(level);
        if (from >= size()) {
            throw new CorruptMapException(node, "it covers byte %d of a disk of %d bytes".formatted(from, size()));
        }
        var extent = Extent.between(from, Math.min(size(), from + MapShape.span(level)));
        if (!visitor.enter(node, extent)) {
            return;
        }
        MapNode read;
        try {
            read = level == 0 ? leaf(node) : inner(node, level);
        } catch (IOException e) {
            visitor.unreadable(node, extent, e);
            return;
        }
        switch (read) {
            case MapNode.Leaf leaf -> visitor.leaf(extent, placed(leaf, index));
            case MapNode.Inner inner -> {
                for (int i = 0; i < MapShape.FANOUT; i++) {
                    if (!inner.children()[i].isNull()) {
                        walk(inner.children()[i], level - 1, index * MapShape.FANOUT + i, visitor);
                    }
                }
            }
            case MapNode.Root _ -> throw new AssertionError("leaf() and inner() return no root");
        }
    }

    MapNode.Leaf leaf(ChunkId node) throws IOException {
        if (read(node) instanceof MapNode.Leaf leaf) {
            return leaf;
        }
        throw new CorruptMapException(node, "it stands where a leaf should");
    }

    MapNode.Inner inner(ChunkId node, int level) throws IOException {
        if (read(node) instanceof MapNode.Inner inner && inner.level() == level) {
            return inner;
        }
        throw new CorruptMapException(node, "it stands where an inner node of level %d should".formatted(level));
    }

    private MapNode read(ChunkId node) throws IOException {
        synchronized (cache) {
            var cached = cache.get(node);
            if (cached != null) {
                return cached;
            }
        }
        var decoded = MapNode.decode(node, nodes.readNode(node));
        synchronized (cache) {
            cache.put(node, decoded);
        }
        return decoded;
    }
}
