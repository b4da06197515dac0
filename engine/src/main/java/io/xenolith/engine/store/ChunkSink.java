package io.xenolith.engine.store;

import io.xenolith.engine.chunk.ChunkId;
import java.io.IOException;

/// Where a thread's chunks go. Chunks that follow each other on the disk should be given in that order: those that are new
/// are compressed together. For use by one thread at a time.
public interface ChunkSink {

    /// Stores the chunk `bytes[at, at + length)` unless it is there already. It is durable no earlier than at the commit.
    ///
    /// @throws IOException if the store cannot take it
    void write(ChunkId id, byte[] bytes, int at, int length) throws IOException;

    /// Hands on what was held back to be compressed together. To be called behind the last chunk.
    void flush() throws IOException;
}
