package io.xenolith.source.changed;

import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import java.util.ArrayList;
import java.util.List;

/// Collects extents in any order, and never holds more than a given number. When there would be more, those with the
/// smallest gaps between them become one: bytes are added, none is lost.
final class ExtentCollector {
    private static final int SMALLEST_GAP = 1 << 16; // a smaller one is hardly worth a read of its own

    private final int limit;
    private List<Extent> collected = new ArrayList<>();

    /// @param limit at least 2
    ExtentCollector(int limit) {
        this.limit = limit;
    }

    /// Adds `[from, end)`; nothing if that is empty.
    void add(long from, long end) {
        if (from >= end) {
            return;
        }
        var last = collected.isEmpty() ? null : collected.getLast();
        if (last != null && last.offset() <= from && from <= last.end()) {
            collected.set(collected.size() - 1, Extent.between(last.offset(), Math.max(last.end(), end)));
            return;
        }
        if (collected.size() == limit) {
            compact();
        }
        collected.add(Extent.between(from, end));
    }

    Extents toExtents() {
        return Extents.of(collected);
    }

    // Down to half, so that the work is done only once in every limit / 2 additions.
    private void compact() {
        collected = new ArrayList<>(Extents.of(collected).asList());
        for (long gap = SMALLEST_GAP; collected.size() > limit / 2; gap = doubled(gap)) {
            collected = joined(collected, gap);
        }
    }

    private static long doubled(long gap) {
        return gap > Long.MAX_VALUE / 2 ? Long.MAX_VALUE : gap * 2;
    }

    private static List<Extent> joined(List<Extent> sorted, long gap) {
        var joined = new ArrayList<Extent>();
        for (var extent : sorted) {
            var last = joined.isEmpty() ? null : joined.getLast();
            if (last != null && extent.offset() - last.end() <= gap) {
                joined.set(joined.size() - 1, Extent.between(last.offset(), extent.end()));
            } else {
                joined.add(extent);
            }
        }
        return joined;
    }
}
