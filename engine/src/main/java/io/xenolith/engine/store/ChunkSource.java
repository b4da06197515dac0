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

    /// Chunks that are best read at once. For use by one thread at a time.
    interface Batch {
        /// At least one.
        List<MapChunk> chunks();

        /// Reads the chunks and gives them to `receiver` in the calling thread, in an order that suits the store.
        ///
        /// @throws IOException what the receiver throws
        void read(Receiver receiver) throws IOException;
    }

    /// Reads chunks and gives them to `receiver` in the calling thread, in an order that suits the store.
    ///
    /// @throws IOException what the receiver throws; or if the store cannot tell where its chunks are
    void read(List<MapChunk> chunks, Receiver receiver) throws IOException;

    /// Sorts chunks by what is best read at once. The chunks are held in memory, and some 100 bytes for each beside. Unless
    /// overridden, each is read alone.
    ///
    /// @return batches that have each of `chunks` once, in the order of their first ones
    /// @throws IOException if the store cannot tell where its chunks are, which says nothing about them
    default List<Batch> batches(List<MapChunk> chunks) throws IOException {
        return chunks.stream().<Batch>map(chunk -> batch(List.of(chunk))).toList();
    }

    /// These chunks, whatever the store thinks of it.
    default Batch batch(List<MapChunk> chunks) {
        return new Batch() {
            @Override
            public List<MapChunk> chunks() {
                return chunks;
            }

            @Override
            public void read(Receiver receiver) throws IOException {
                ChunkSource.this.read(chunks, receiver);
            }
        };
    }
}
