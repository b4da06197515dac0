package io.xenolith.engine.disk;

import java.util.ArrayList;
import java.util.BitSet;

/// A set of aligned blocks of a disk, one bit each: 2 KiB of memory per GiB of disk at blocks of 64 KiB. For use by one
/// thread until it is filled, by any number from then on.
public final class DiskBlocks {

    private final long size;
    private final int blockBytes;
    private final BitSet blocks = new BitSet();

    /// The empty set of blocks of a disk.
    ///
    /// @param size       of the disk in bytes; at most 2^31 - 1 blocks
    /// @param blockBytes how long a block is; the disk's last one may be shorter
    public DiskBlocks(long size, int blockBytes) {
        if (size < 0 || blockBytes < 1 || size / blockBytes >= Integer.MAX_VALUE) {
            throw new IllegalArgumentException("%d bytes are not a disk of blocks of %d bytes".formatted(size, blockBytes));
        }
        this.size = size;
        this.blockBytes = blockBytes;
    }

    /// The size of the disk in bytes.
    public long size() {
        return size;
    }

    public int blockBytes() {
        return blockBytes;
    }

    /// How many blocks the disk has, in the set or not.
    public int onDisk() {
        return (int) ((size + blockBytes - 1) / blockBytes);
    }

    /// How many blocks are in the set.
    public int count() {
        return blocks.cardinality();
    }

    /// How many bytes of the disk lie in blocks of the set.
    public long bytes() {
        int last = onDisk() - 1;
        return (long) count() * blockBytes - (last >= 0 && contains(last) ? blockBytes - extent(last).length() : 0);
    }

    /// Adds the block `index`.
    public void add(int index) {
        if (index < 0 || index >= onDisk()) {
            throw new IllegalArgumentException("block %d of a disk of %d".formatted(index, onDisk()));
        }
        blocks.set(index);
    }

    /// Adds every block that has a byte in `extent`. What lies behind the disk's end is ignored.
    public void add(Extent extent) {
        int from = (int) Math.min(onDisk(), extent.offset() / blockBytes);
        int to = (int) Math.min(onDisk(), (extent.end() - 1) / blockBytes + 1);
        blocks.set(from, Math.max(from, to));
    }

    /// Whether the block `index` is in the set.
    public boolean contains(int index) {
        return blocks.get(index);
    }

    /// The first block of the set from `index` on, or -1.
    public int next(int index) {
        return blocks.nextSetBit(index);
    }

    /// The part of the disk that the block `index` is.
    public Extent extent(int index) {
        long offset = (long) index * blockBytes;
        return Extent.between(offset, Math.min(size, offset + blockBytes));
    }

    /// Whether a byte of `extent` lies in a block of the set.
    public boolean intersects(Extent extent) {
        int index = next((int) Math.min(onDisk(), extent.offset() / blockBytes));
        return index >= 0 && (long) index * blockBytes < extent.end();
    }

    /// What of `extent` lies in blocks of the set.
    public Extents within(Extent extent) {
        var inside = new ArrayList<Extent>();
        int index = next((int) Math.min(onDisk(), extent.offset() / blockBytes));
        while (index >= 0 && (long) index * blockBytes < extent.end()) {
            int end = blocks.nextClearBit(index);
            long from = Math.max(extent.offset(), (long) index * blockBytes);
            inside.add(Extent.between(from, Math.min(Math.min(size, extent.end()), (long) end * blockBytes)));
            index = next(end);
        }
        return Extents.of(inside);
    }
}
