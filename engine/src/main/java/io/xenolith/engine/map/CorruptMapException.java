package io.xenolith.engine.map;

import io.xenolith.engine.chunk.ChunkId;
import java.io.IOException;

/// A node of a block map has the right id but makes no sense, or is none at all. Reading again does not help.
public final class CorruptMapException extends IOException {

    /// @param finding what makes no sense, without the node's id
    public CorruptMapException(ChunkId node, String finding) {
        super("block map node %s: %s; 'xenolith verify' lists the restore points that need it".formatted(node, finding));
    }
}
