package io.xenolith.engine.disk;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/// A set of bytes of a disk, as extents in ascending order that neither overlap nor touch. Immutable.
public final class Extents implements Iterable<Extent> {

    /// No byte at all.
    public static final Extents NONE = new Extents(List.of());

    private final List<Extent> sorted;

    private Extents(List<Extent> sorted) {
        this.sorted = sorted;
    }

    /// The union of extents in any order, overlapping or not.
    public static Extents of(Collection<Extent> extents) {
        var merged = new ArrayList<Extent>(extents.size());
        extents.stream().sorted().forEach(extent -> append(merged, extent));
        return new Extents(List.copyOf(merged));
    }

    /// The union of extents in any order, overlapping or not.
    public static Extents of(Extent... extents) {
        return of(List.of(extents));
    }

    /// The bytes from `offset` up to `end`; none if there are none between them.
    public static Extents between(long offset, long end) {
        return offset >= end ? NONE : of(Extent.between(offset, end));
    }

    private static void append(List<Extent> merged, Extent next) {
        if (merged.isEmpty() || merged.getLast().end() < next.offset()) {
            merged.add(next);
        } else if (merged.getLast().end() < next.end()) {
            merged.set(merged.size() - 1, Extent.between(merged.getLast().offset(), next.end()));
        }
    }

    /// The extents in ascending order.
    public List<Extent> asList() {
        return sorted;
    }

    public boolean isEmpty() {
        return sorted.isEmpty();
    }

    /// How many bytes the set holds.
    public long bytes() {
        return sorted.stream().mapToLong(Extent::length).sum();
    }

    public Extents union(Extents other) {
        return of(Stream.concat(sorted.stream(), other.sorted.stream()).toList());
    }

    /// The bytes that are in both sets.
    public Extents intersect(Extents other) {
        var common = new ArrayList<Extent>();
        int mine = 0;
        int theirs = 0;
        while (mine < sorted.size() && theirs < other.sorted.size()) {
            var a = sorted.get(mine);
            var b = other.sorted.get(theirs);
            long from = Math.max(a.offset(), b.offset());
            long to = Math.min(a.end(), b.end());
            if (from < to) {
                common.add(Extent.between(from, to));
            }
            if (a.end() < b.end()) {
                mine++;
            } else {
                theirs++;
            }
        }
        return common.isEmpty() ? NONE : new Extents(List.copyOf(common));
    }

    /// The bytes of the set that lie in `[from, to)`, in time logarithmic in the size of the set; none, if nothing lies
    /// between the two.
    public Extents within(long from, long to) {
        if (from >= to) {
            return NONE;
        }
        int first = firstEndingAfter(from);
        var inside = new ArrayList<Extent>();
        for (int i = first; i < sorted.size() && sorted.get(i).offset() < to; i++) {
            var extent = sorted.get(i);
            inside.add(Extent.between(Math.max(extent.offset(), from), Math.min(extent.end(), to)));
        }
        return inside.isEmpty() ? NONE : new Extents(List.copyOf(inside));
    }

    /// Whether any byte of `[from, to)` is in the set.
    public boolean intersects(long from, long to) {
        int first = firstEndingAfter(from);
        return first < sorted.size() && sorted.get(first).offset() < to && from < to;
    }

    /// How many bytes from `offset` on, at most `limit`, are not in the set.
    public long gapFrom(long offset, long limit) {
        int next = firstEndingAfter(offset);
        return next == sorted.size() ? limit : Math.clamp(sorted.get(next).offset() - offset, 0, limit);
    }

    /// How many bytes from `offset` on, at most `limit`, are in the set without a gap.
    public long runFrom(long offset, long limit) {
        int next = firstEndingAfter(offset);
        boolean inside = next < sorted.size() && sorted.get(next).offset() <= offset;
        return inside ? Math.min(limit, sorted.get(next).end() - offset) : 0;
    }

    /// Each extent widened to whole multiples of `alignment`, but not beyond `limit`.
    public Extents alignedOutward(long alignment, long limit) {
        var widened = new ArrayList<Extent>(sorted.size());
        for (var extent : sorted) {
            long from = extent.offset() / alignment * alignment;
            long to = extent.end() > limit ? limit : Math.min(limit, roundUp(extent.end(), alignment));
            if (from < to) {
                widened.add(Extent.between(from, to));
            }
        }
        return of(widened);
    }

    private static long roundUp(long value, long alignment) {
        long down = value / alignment * alignment;
        return down == value ? value : down > Long.MAX_VALUE - alignment ? Long.MAX_VALUE : down + alignment;
    }

    private int firstEndingAfter(long offset) {
        int low = 0;
        int high = sorted.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted.get(middle).end() <= offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    @Override
    public Iterator<Extent> iterator() {
        return sorted.iterator();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Extents that && sorted.equals(that.sorted);
    }

    @Override
    public int hashCode() {
        return sorted.hashCode();
    }

    @Override
    public String toString() {
        return sorted.toString();
    }
}
