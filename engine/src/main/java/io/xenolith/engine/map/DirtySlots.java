package io.xenolith.engine.map;

import io.xenolith.engine.disk.Extents;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// Which slots of a disk an increment gives anew, and so which nodes above them. One bit a slot: 32 KiB per TiB.
public final class DirtySlots {

    private final MapShape shape;

    /// By level, from the leaves up to the top.
    private final List<BitSet> dirty = new ArrayList<>();

    /// The slots that have a byte in `extents`, on a disk of shape `shape`.
    public DirtySlots(MapShape shape, Extents extents) {
        this.shape = shape;
        var slots = new BitSet();
        for (var extent : extents) {
            long from = extent.offset() / MapShape.SLOT_BYTES;
            long to = Math.min(shape.slots(), (extent.end() + MapShape.SLOT_BYTES - 1) / MapShape.SLOT_BYTES);
            if (from < to) {
                slots.set(Math.toIntExact(from), Math.toIntExact(to));
            }
        }
        dirty.add(slots);
        for (int level = 1; level <= shape.topLevel(); level++) {
            dirty.add(parents(dirty.getLast()));
        }
    }

    private static BitSet parents(BitSet children) {
        var parents = new BitSet();
        for (int child = children.nextSetBit(0); child >= 0;) {
            int parent = child / MapShape.FANOUT;
            parents.set(parent);
            child = children.nextSetBit((parent + 1) * MapShape.FANOUT);
        }
        return parents;
    }

    /// The shape of the new disk.
    public MapShape shape() {
        return shape;
    }

    /// Whether the node `index` of `level` will be given or has a slot below it that will be.
    boolean isDirty(int level, long index) {
        return level < dirty.size() && index <= Integer.MAX_VALUE && dirty.get(level).get((int) index);
    }
}
