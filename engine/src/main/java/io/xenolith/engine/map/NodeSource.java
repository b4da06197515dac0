package io.xenolith.engine.map;

import io.xenolith.engine.chunk.ChunkId;
import java.io.IOException;

/// Where the nodes of block maps are read from. Safe for use by several threads.
public interface NodeSource {

    /// The bytes of the node `id`, which are proven to be what the id says.
    ///
    /// @throws IOException if the node is missing, damaged or cannot be read
    byte[] readNode(ChunkId id) throws IOException;
}
