package io.xenolith.engine.map;

/// The shape of the tree over a disk of some size. Level 0 holds the leaves; [#topLevel()] holds one node.
///
/// @param size the disk's size in bytes
public record MapShape(long size) {

    /// Bytes of a slot: what one leaf covers.
    public static final int SLOT_BYTES = 4 << 20;

    /// Children of an inner node.
    public static final int FANOUT = 64;

    static final int FANOUT_BITS = 6;

    /// The largest disk: 2 EiB, so that no sum of an offset and a chunk's length overflows.
    public static final long MAX_SIZE = 1L << 61;

    public MapShape {
        if (size < 0 || size > MAX_SIZE) {
            throw new IllegalArgumentException("a disk of %d bytes; possible are 0 to 2 EiB".formatted(size));
        }
    }

    /// How many slots the disk has; the last one may be shorter.
    public long slots() {
        return (size + SLOT_BYTES - 1) / SLOT_BYTES;
    }

    /// The level at which a single node covers the disk; 0 for a disk of one slot or none.
    public int topLevel() {
        int level = 0;
        for (long nodes = slots(); nodes > 1; nodes = (nodes + FANOUT - 1) / FANOUT) {
            level++;
        }
        return level;
    }

    /// How many nodes there are at `level`, holes included.
    public long nodes(int level) {
        long span = 1L << (FANOUT_BITS * level);
        return (slots() + span - 1) / span;
    }

    /// How many bytes of disk a node at `level` covers; at most as many as the largest disk has, which a node of level 7
    /// would go beyond.
    static long span(int level) {
        return level < 7 ? (long) SLOT_BYTES << (FANOUT_BITS * level) : MAX_SIZE;
    }
}
