package io.xenolith.engine.restore;

import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.disk.DiskBlocks;
import io.xenolith.engine.disk.DiskSource;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import io.xenolith.engine.map.BlockMap;
import io.xenolith.engine.map.MapChunk;
import io.xenolith.engine.map.MapDiff;
import io.xenolith.engine.map.MapShape;
import io.xenolith.engine.map.MapVisitor;
import io.xenolith.engine.map.NodeSource;
import io.xenolith.engine.store.ChunkSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// A disk of a restore point, read at any offset as if it were still there. Safe for use by several threads; keeps a few
/// map nodes in memory, and of the data what the store keeps.
public final class MappedDisk implements DiskSource {

    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(MapShape.SLOT_BYTES).asReadOnlyBuffer();

    private final BlockMap map;
    private final ChunkSource chunks;

    private MappedDisk(BlockMap map, ChunkSource chunks) {
        this.map = map;
        this.chunks = chunks;
    }

    /// Opens the disk whose block map has the root id `root`.
    ///
    /// @throws IOException if the root node cannot be read or is none
    public static MappedDisk open(NodeSource nodes, ChunkSource chunks, ChunkId root) throws IOException {
        return new MappedDisk(BlockMap.open(nodes, root), chunks);
    }

    @Override
    public long size() {
        return map.size();
    }

    @Override
    public void read(long offset, ByteBuffer target) throws IOException {
        if (offset < 0 || offset > size() - target.remaining()) {
            throw new IllegalArgumentException("%d bytes at offset %d are not inside a disk of %d bytes"
                    .formatted(target.remaining(), offset, size()));
        }
        for (long at = offset; target.hasRemaining();) {
            int toSlotEnd = (int) (MapShape.SLOT_BYTES - at % MapShape.SLOT_BYTES);
            int length = Math.min(target.remaining(), toSlotEnd);
            readSlot(Extent.between(at, at + length), target.slice(target.position(), length));
            target.position(target.position() + length);
            at += length;
        }
    }

    private void readSlot(Extent wanted, ByteBuffer target) throws IOException {
        var found = map.chunks(wanted.offset(), wanted.end());
        long covered = wanted.offset();
        for (var chunk : found) {
            clear(target, wanted, covered, chunk.offset());
            covered = chunk.end();
        }
        clear(target, wanted, covered, wanted.end());
        chunks.read(found, (chunk, bytes, at) -> {
            long from = Math.max(wanted.offset(), chunk.offset());
            long to = Math.min(wanted.end(), chunk.end());
            target.put((int) (from - wanted.offset()), bytes, at + (int) (from - chunk.offset()), (int) (to - from));
        });
    }

    /// Has the store read what `extent` needs, so that a read soon after finds it in the store's memory. Ask for a few MiB
    /// at a time: stores do not keep more.
    public void prefetch(Extent extent) throws IOException {
        chunks.read(map.chunks(extent.offset(), Math.min(size(), extent.end())), (_, _, _) -> { });
    }

    private static void clear(ByteBuffer target, Extent wanted, long from, long to) {
        int start = (int) (Math.max(from, wanted.offset()) - wanted.offset());
        int end = (int) (Math.min(to, wanted.end()) - wanted.offset());
        if (start < end) {
            target.put(start, ZEROS, 0, end - start);
        }
    }

    /// The chunks' extents. Ask for a stretch at a time: all of them are held in memory.
    @Override
    public Extents allocated(Extent extent) throws IOException {
        var found = new ArrayList<Extent>();
        eachChunk(extent, chunk -> found.add(chunk.extent()));
        return Extents.of(found).within(extent.offset(), extent.end());
    }

    /// The blocks of the disk that hold anything but holes.
    public DiskBlocks blocks(int blockBytes) throws IOException {
        var blocks = new DiskBlocks(size(), blockBytes);
        if (size() > 0) {
            eachChunk(new Extent(0, size()), chunk -> blocks.add(chunk.extent()));
        }
        return blocks;
    }

    /// The blocks of this disk in which it may differ from `before`, found by comparing the maps.
    public DiskBlocks blocksChangedSince(MappedDisk before, int blockBytes) throws IOException {
        var blocks = new DiskBlocks(size(), blockBytes);
        MapDiff.compare(before.map, map, blocks::add);
        return blocks;
    }

    private interface EachChunk {
        void accept(MapChunk chunk);
    }

    /// Visits chunks that begin in `extent` or less than the largest chunk before it.
    private void eachChunk(Extent extent, EachChunk each) throws IOException {
        map.walk(new MapVisitor() {
            @Override
            public boolean enter(ChunkId node, Extent covered) {
                return covered.offset() < extent.end() && covered.end() + Chunking.MAX_CHUNK_BYTES > extent.offset();
            }

            @Override
            public void leaf(Extent slot, List<MapChunk> chunks) {
                chunks.forEach(each::accept);
            }
        });
    }

    /// Holds nothing open.
    @Override
    public void close() {
    }
}
