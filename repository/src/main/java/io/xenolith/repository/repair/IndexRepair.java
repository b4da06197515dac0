package io.xenolith.repository.repair;

import io.xenolith.repository.CorruptObjectException;
import io.xenolith.repository.Repository;
import io.xenolith.repository.index.ChunkIndex;
import io.xenolith.repository.index.PackEntry;
import io.xenolith.repository.pack.PackId;
import io.xenolith.repository.pack.PackTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;

/// Makes the index anew, and index segments for packs that none speaks of. The caller holds the exclusive lock and has not
/// asked the repository for its index yet.
public final class IndexRepair {

    private static final int PACKS_PER_SEGMENT = 64;

    private final Repository repository;

    public IndexRepair(Repository repository) {
        this.repository = repository;
    }

    /// What was done.
    ///
    /// @param packs    that the index knows now
    /// @param chunks   in them
    /// @param segments written for packs that were in none
    public record Result(int packs, long chunks, int segments) {
    }

    public Result repair() throws IOException {
        ChunkIndex.delete(repository.place().index());
        var packs = repository.index().packs();
        long chunks = packs.stream().mapToLong(PackEntry::chunks).sum();
        return new Result(packs.size(), chunks, writeMissingSegments());
    }

    private int writeMissingSegments() throws IOException {
        var listed = listed();
        var tables = new ArrayList<PackTable>();
        int written = 0;
        for (var pack : repository.index().packs()) {
            if (listed.contains(pack.id())) {
                continue;
            }
            try {
                tables.add(repository.packs().readTable(pack.id(), pack.length()));
            } catch (CorruptObjectException _) {
                continue; // verify tells
            }
            if (tables.size() == PACKS_PER_SEGMENT) {
                repository.segments().write(tables);
                tables.clear();
                written++;
            }
        }
        if (!tables.isEmpty()) {
            repository.segments().write(tables);
            written++;
        }
        return written;
    }

    private Set<PackId> listed() throws IOException {
        var listed = new HashSet<PackId>();
        for (var name : repository.segments().list()) {
            try {
                repository.segments().read(name).forEach(table -> listed.add(table.pack()));
            } catch (CorruptObjectException _) {
                // its packs get a new one
            }
        }
        return listed;
    }
}
