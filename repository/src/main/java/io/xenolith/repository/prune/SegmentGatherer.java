package io.xenolith.repository.prune;

import io.xenolith.repository.CorruptObjectException;
import io.xenolith.repository.index.IndexSegments;
import io.xenolith.repository.pack.PackId;
import io.xenolith.repository.pack.PackTable;
import io.xenolith.repository.storage.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Gathers index segments: those that are small or speak of packs that are gone are replaced by full ones. A crash between
/// leaves two segments about one pack, which does no harm.
final class SegmentGatherer {

    private static final int FULL_SEGMENT = 64;
    private static final int SMALL_SEGMENT = 16;

    private final Storage storage;
    private final IndexSegments segments;

    SegmentGatherer(Storage storage, IndexSegments segments) {
        this.storage = storage;
        this.segments = segments;
    }

    void gather(Set<PackId> present) throws IOException {
        var listed = new HashSet<PackId>();
        var gathered = new ArrayList<PackTable>();
        var replaced = new ArrayList<String>();
        for (var name : segments.list()) {
            List<PackTable> tables;
            try {
                tables = segments.read(name);
            } catch (CorruptObjectException _) {
                continue; // evidence; the packs' own tables say the same
            }
            var useful = tables.stream().filter(t -> present.contains(t.pack()) && listed.add(t.pack())).toList();
            if (useful.size() == tables.size() && tables.size() >= SMALL_SEGMENT) {
                continue;
            }
            gathered.addAll(useful);
            replaced.add(name);
            if (gathered.size() >= FULL_SEGMENT) {
                replace(gathered, replaced);
            }
        }
        if (replaced.size() > 1 || !replaced.isEmpty() && gathered.isEmpty()) {
            replace(gathered, replaced);
        }
    }

    private void replace(List<PackTable> gathered, List<String> replaced) throws IOException {
        if (!gathered.isEmpty()) {
            segments.write(gathered);
        }
        for (var name : replaced) {
            storage.delete(name);
        }
        gathered.clear();
        replaced.clear();
    }
}
