package io.xenolith.engine.store;

import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.chunk.ChunkIdentity;
import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.map.NodeSource;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// A whole chunk store in memory. What it counts as stored is not compressed.
public final class MemoryChunkStore implements ChunkStore {

    private final Chunking chunking;
    private final ChunkIdentity identity;
    private final Map<ChunkId, byte[]> stored = new ConcurrentHashMap<>();

    public MemoryChunkStore(Chunking chunking, ChunkIdentity identity) {
        this.chunking = chunking;
        this.identity = identity;
    }

    /// Chunks and nodes by id, for tests to look at and to damage.
    public Map<ChunkId, byte[]> stored() {
        return stored;
    }

    @Override
    public Chunking chunking() {
        return chunking;
    }

    @Override
    public ChunkIdentity identity() {
        return identity;
    }

    @Override
    public NodeSource nodes() {
        return this::get;
    }

    @Override
    public ChunkSource chunks() {
        return (chunks, receiver) -> {
            for (var chunk : chunks) {
                byte[] bytes;
                try {
                    bytes = get(chunk.id());
                } catch (IOException e) {
                    receiver.unreadable(chunk, e);
                    continue;
                }
                receiver.chunk(chunk, bytes, 0);
            }
        };
    }

    private byte[] get(ChunkId id) throws IOException {
        var bytes = stored.get(id);
        if (bytes == null) {
            throw new IOException("no chunk " + id);
        }
        if (!identity.newHasher().id(bytes).equals(id)) {
            throw new IOException("chunk " + id + " is damaged");
        }
        return bytes;
    }

    @Override
    public DiskStore beginDisk() {
        return new MemoryDiskStore();
    }

    private final class MemoryDiskStore implements DiskStore {
        private final AtomicLong bytesNew = new AtomicLong();
        private final AtomicLong bytesStored = new AtomicLong();

        @Override
        public ChunkId writeNode(byte[] node) {
            var id = identity.newHasher().id(node);
            if (stored.putIfAbsent(id, node) == null) {
                bytesStored.addAndGet(node.length);
            }
            return id;
        }

        @Override
        public ChunkSink newSink() {
            return new ChunkSink() {
                @Override
                public void write(ChunkId id, byte[] bytes, int at, int length) {
                    if (stored.putIfAbsent(id, java.util.Arrays.copyOfRange(bytes, at, at + length)) == null) {
                        bytesNew.addAndGet(length);
                        bytesStored.addAndGet(length);
                    }
                }

                @Override
                public void flush() {
                }
            };
        }

        @Override
        public void flushNodes() {
        }

        @Override
        public long bytesNew() {
            return bytesNew.get();
        }

        @Override
        public long bytesStored() {
            return bytesStored.get();
        }
    }
}
