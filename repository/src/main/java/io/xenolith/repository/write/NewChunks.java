package io.xenolith.repository.write;

import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.repository.index.ChunkIndex;
import io.xenolith.repository.index.IndexSegments;
import io.xenolith.repository.pack.PackKind;
import io.xenolith.repository.pack.PackTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Decides which chunks and nodes of a session are new. Those that the session itself has added are kept in memory until
/// there are many; then an index segment is written and the index takes them over. Safe for use by several threads.
final class NewChunks {

    private static final int PACKS_PER_SEGMENT = 64;
    private static final int CHUNKS_IN_MEMORY = 1 << 20;

    private final ChunkIndex index;
    private final IndexSegments segments;
    private final Map<PackKind, ChunkIdSet> added = new EnumMap<>(PackKind.class);

    /// Tables of packs that are durable and in no segment yet. Guarded by itself.
    private final List<PackTable> unlisted = new ArrayList<>();

    NewChunks(ChunkIndex index, IndexSegments segments) {
        this.index = index;
        this.segments = segments;
        for (var kind : PackKind.values()) {
            added.put(kind, new ChunkIdSet());
        }
    }

    /// Whether a chunk is new; whoever is told so has to store it. The session is asked before the index: what the index
    /// takes over, the session forgets only afterwards.
    boolean claim(PackKind kind, ChunkId id) throws IOException {
        var own = added.get(kind);
        return !own.contains(id) && !index.contains(kind, id) && own.add(id);
    }

    /// Takes note of a durable pack.
    void sealed(PackTable table) throws IOException {
        synchronized (unlisted) {
            unlisted.add(table);
            if (unlisted.size() >= PACKS_PER_SEGMENT) {
                writeSegment();
            }
        }
    }

    /// Writes what is in no segment yet into one.
    void flush() throws IOException {
        synchronized (unlisted) {
            if (!unlisted.isEmpty()) {
                writeSegment();
            }
        }
    }

    private void writeSegment() throws IOException {
        segments.write(unlisted);
        if (added.values().stream().mapToInt(ChunkIdSet::size).sum() > CHUNKS_IN_MEMORY) {
            index.refresh();
            unlisted.forEach(this::forget);
        }
        unlisted.clear();
    }

    private void forget(PackTable table) {
        for (int ordinal = 0; ordinal < table.chunks(); ordinal++) {
            added.get(table.pack().kind()).remove(table.id(ordinal));
        }
    }
}
