package io.xenolith.engine.map;

import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.disk.Extent;
import java.io.IOException;
import java.util.List;

/// What is done on a walk over a block map, from the root down and in the order of offsets. Holes are not visited.
public interface MapVisitor {

    /// Asked before a node is read: the root first, then inner nodes and leaves.
    ///
    /// @param extent the part of the disk that the node covers
    /// @return whether to read the node and visit what is below it
    default boolean enter(ChunkId node, Extent extent) throws IOException {
        return true;
    }

    /// Takes the chunks that begin in one slot, in the order of their offsets.
    void leaf(Extent slot, List<MapChunk> chunks) throws IOException;

    /// Told that a node could not be read. Rethrows unless overridden.
    default void unreadable(ChunkId node, Extent extent, IOException failure) throws IOException {
        throw failure;
    }
}
