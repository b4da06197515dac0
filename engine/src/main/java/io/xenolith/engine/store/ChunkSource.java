package io.xenolith.engine.store;

import io.xenolith.engine.map.MapChunk;
import java.io.IOException;
import java.util.List;

/// Where stored chunks are read from. Safe for use by several threads.
public interface ChunkSource {

    /// Takes the chunks that were asked for.
    interface Receiver {
        /// Takes one chunk: `bytes[at, at + chunk.length())`, which is proven to be what its id says. The bytes may be
        /// reused as soon as this returns.
        void chunk(MapChunk chunk, byte[] bytes, int at) throws IOException;

        /// Told that a chunk is missing, damaged or cannot be read. Rethrows unless overridden.
        default void unreadable(MapChunk chunk, IOException failure) throws IOException {
            throw failure;
        }
    }

    /// Reads chunks and gives them to `receiver` in the calling thread, in an order that suits the store.
    ///
    /// @throws IOException what the receiver throws
    void read(List<MapChunk> chunks, Receiver receiver) throws IOException;
}
