package io.xenolith.engine.map;

import io.xenolith.engine.chunk.ChunkId;
import java.io.IOException;

/// Where the nodes of new block maps go. Safe for use by several threads.
public interface NodeSink {

    /// Stores a node, unless it is there already.
    ///
    /// @return the node's id
    ChunkId writeNode(byte[] node) throws IOException;
}
