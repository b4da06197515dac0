package io.xenolith.engine.store;

import io.xenolith.engine.map.NodeSink;
import java.io.IOException;

/// Where one disk's new chunks and map nodes go, and what they came to. Safe for use by several threads.
public interface DiskStore extends NodeSink {

    /// A sink for one thread. Whoever asked for it flushes it.
    ChunkSink newSink();

    /// Hands on the map nodes that were held back to be compressed together. To be called behind the last node.
    void flushNodes() throws IOException;

    /// Bytes of the chunks that the store did not have, before compression.
    long bytesNew();

    /// By how many bytes the store grew: new chunks and map nodes, compressed and encrypted.
    long bytesStored();
}
