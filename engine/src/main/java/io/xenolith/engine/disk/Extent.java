package io.xenolith.engine.disk;

/// The byte range `[offset, end)` of a disk.
///
/// @param offset first byte, at least 0
/// @param length bytes, at least 1
public record Extent(long offset, long length) implements Comparable<Extent> {

    public Extent {
        if (offset < 0 || length < 1 || offset > Long.MAX_VALUE - length) {
            throw new IllegalArgumentException("not an extent: offset %d, length %d".formatted(offset, length));
        }
    }

    /// The extent between two offsets, `end` excluded.
    public static Extent between(long offset, long end) {
        return new Extent(offset, end - offset);
    }

    /// The first byte behind the extent.
    public long end() {
        return offset + length;
    }

    @Override
    public int compareTo(Extent other) {
        int byOffset = Long.compare(offset, other.offset);
        return byOffset != 0 ? byOffset : Long.compare(length, other.length);
    }

    @Override
    public String toString() {
        return "[%d, %d)".formatted(offset, end());
    }
}
