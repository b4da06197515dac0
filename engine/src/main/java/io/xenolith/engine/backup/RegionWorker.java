package io.xenolith.engine.backup;

import io.xenolith.engine.chunk.ChunkIdentity;
import io.xenolith.engine.chunk.Chunker;
import io.xenolith.engine.map.MapChunk;
import io.xenolith.engine.store.ChunkSink;
import io.xenolith.engine.store.ChunkStore;
import java.io.IOException;
import java.util.List;
import java.util.function.LongPredicate;

/// What one thread cuts, names and stores chunks with.
final class RegionWorker {

    private final Chunker chunker;
    private final ChunkIdentity.Hasher hasher;
    private final ChunkSink sink;

    RegionWorker(ChunkStore store, ChunkSink sink) {
        this.chunker = new Chunker(store.chunking());
        this.hasher = store.identity().newHasher();
        this.sink = sink;
    }

    ChunkIdentity.Hasher hasher() {
        return hasher;
    }

    /// Cuts and stores `[from, end)`, or up to a position between chunks that is settled, and adds the chunks to `found`.
    ///
    /// @return where it stopped
    long cut(long from, long end, Chunker.Input input, List<MapChunk> found, LongPredicate settled) throws IOException {
        return chunker.cut(from, end, input, new Chunker.Output() {
            @Override
            public void chunk(long offset, byte[] bytes, int at, int length) throws IOException {
                var id = hasher.id(bytes, at, length);
                sink.write(id, bytes, at, length);
                found.add(new MapChunk(offset, length, id));
            }

            @Override
            public boolean settledAt(long position) {
                return settled.test(position);
            }
        });
    }

    void flush() throws IOException {
        sink.flush();
    }
}
