package io.xenolith.engine.map;

import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.chunk.ChunkIdentity;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// Nodes in memory, and how many of them were read.
final class MemoryNodes implements NodeSink, NodeSource {

    private final Map<ChunkId, byte[]> nodes = new ConcurrentHashMap<>();
    private final AtomicLong reads = new AtomicLong();

    @Override
    public ChunkId writeNode(byte[] node) {
        var id = ChunkIdentity.plain().newHasher().id(node);
        nodes.put(id, node);
        return id;
    }

    @Override
    public byte[] readNode(ChunkId id) throws IOException {
        reads.incrementAndGet();
        var node = nodes.get(id);
        if (node == null) {
            throw new IOException("no node " + id);
        }
        return node;
    }

    long reads() {
        return reads.get();
    }
}
