package io.xenolith.engine.store;

import io.xenolith.engine.chunk.ChunkIdentity;
import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.map.NodeSource;

/// What a backup needs of a repository: its rules, what is stored already, and a place for what is new. Safe for use by
/// several threads.
public interface ChunkStore {

    Chunking chunking();

    ChunkIdentity identity();

    ChunkSource chunks();

    NodeSource nodes();

    /// A place for one disk's new chunks and nodes.
    DiskStore beginDisk();
}
