package io.xenolith.repository.read;

import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.repository.CorruptObjectException;
import io.xenolith.repository.pack.PackId;
import io.xenolith.repository.pack.PackReader;
import io.xenolith.repository.pack.PackTable;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The packs' own tables in an encrypted repository, where a tag that only the key can make authenticates them. A frame's tag
/// is bound to its pack and place, and the table says which chunk lies there: together they prove a chunk as its digest
/// would, for a fraction of the work. What this does not prove is that the writer's memory was sound between naming a
/// chunk and sealing it; verifying compares digests for that. Safe for use by several threads.
final class AuthenticTables {

    private static final int CACHED_TABLES = 128;

    private final PackReader packs;

    /// Tables with ids, or nothing where a pack's own table is damaged or not the index's. Guarded by itself.
    private final Map<PackId, Optional<PackTable>> tables = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<PackId, Optional<PackTable>> eldest) {
            return size() > CACHED_TABLES;
        }
    };

    AuthenticTables(PackReader packs) {
        this.packs = packs;
    }

    /// Whether the pack's own table says that its chunk `ordinal` is `id`, and that chunks and frames lie as `known` says.
    boolean confirm(PackTable known, int ordinal, ChunkId id) throws IOException {
        if (!packs.authenticates()) {
            return false;
        }
        var own = own(known);
        return own.isPresent() && own.get().id(ordinal).equals(id);
    }

    private Optional<PackTable> own(PackTable known) throws IOException {
        synchronized (tables) {
            var cached = tables.get(known.pack());
            if (cached != null) {
                return cached;
            }
        }
        var own = read(known);
        synchronized (tables) {
            tables.put(known.pack(), own);
        }
        return own;
    }

    private Optional<PackTable> read(PackTable known) throws IOException {
        try {
            var own = packs.readTable(known.pack());
            return Optional.of(own).filter(table -> Arrays.equals(table.encode(false), known.encode(false)));
        } catch (CorruptObjectException _) {
            return Optional.empty(); // the chunks may be whole all the same: their digests tell
        }
    }
}
