package io.xenolith.repository.mark;

import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.map.BlockMap;
import io.xenolith.engine.map.MapChunk;
import io.xenolith.engine.map.MapVisitor;
import io.xenolith.engine.point.PointPart;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.repository.index.ChunkIndex;
import io.xenolith.repository.index.Location;
import io.xenolith.repository.pack.PackKind;
import io.xenolith.repository.read.MissingChunkException;
import io.xenolith.repository.read.StoredChunks;
import java.io.IOException;
import java.util.List;

/// Walks the block maps of restore points and tells, for each node and chunk, where it lies.
public final class PointWalk {

    private final ChunkIndex index;
    private final StoredChunks stored;

    public PointWalk(ChunkIndex index, StoredChunks stored) {
        this.index = index;
        this.stored = stored;
    }

    /// What is done on the way.
    public interface Visitor {
        /// Asked before a node is read.
        ///
        /// @return whether to visit what is below it
        boolean node(Location place);

        /// Takes a chunk.
        void chunk(MapChunk chunk, Location place);

        /// Told of a node or chunk that is missing, or a node that cannot be read. Rethrows unless overridden.
        ///
        /// @param extent what of the disk depends on it
        default void unreadable(ChunkId id, Extent extent, IOException failure) throws IOException {
            throw failure;
        }
    }

    /// Walks all disks and files of a point.
    public void walk(RestorePoint point, Visitor visitor) throws IOException {
        for (var part : point.parts()) {
            walk(part, visitor);
        }
    }

    /// Walks one disk or file.
    public void walk(PointPart part, Visitor visitor) throws IOException {
        BlockMap map;
        try {
            map = BlockMap.open(stored, part.root());
        } catch (IOException e) {
            visitor.unreadable(part.root(), new Extent(0, Math.max(1, part.size())), e);
            return;
        }
        map.walk(new Steps(visitor));
    }

    private final class Steps implements MapVisitor {
        private final Visitor visitor;

        Steps(Visitor visitor) {
            this.visitor = visitor;
        }

        @Override
        public boolean enter(ChunkId node, Extent extent) throws IOException {
            var places = index.locate(PackKind.MAP, node);
            if (places.isEmpty()) {
                visitor.unreadable(node, extent, new MissingChunkException(node));
                return false;
            }
            return visitor.node(places.getFirst());
        }

        @Override
        public void leaf(Extent slot, List<MapChunk> chunks) throws IOException {
            var found = index.locate(PackKind.DATA, chunks.stream().map(MapChunk::id).toList()).iterator();
            for (var chunk : chunks) {
                var places = found.next();
                if (places.isEmpty()) {
                    visitor.unreadable(chunk.id(), chunk.extent(), new MissingChunkException(chunk.id()));
                } else {
                    visitor.chunk(chunk, places.getFirst());
                }
            }
        }

        @Override
        public void unreadable(ChunkId node, Extent extent, IOException failure) throws IOException {
            visitor.unreadable(node, extent, failure);
        }
    }
}
