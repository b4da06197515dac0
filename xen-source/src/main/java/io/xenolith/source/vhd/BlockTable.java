package io.xenolith.source.vhd;

import io.xenolith.engine.disk.DiskBlocks;
import io.xenolith.engine.disk.Extent;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/// Where the blocks of a dynamic or differencing disk are: the block allocation table. Immutable.
///
/// ```text
///   table entry i:  32 bits, big-endian, unsigned: the sector in which block i begins, or FFFFFFFF if it is not stored
///
///   block i:        +--------------------------------+----------------------------------------+
///                   | bitmap, see SectorBitmap       | data, block size                       |
///                   | one bit a sector, whole sectors| the disk's last block may end with it  |
///                   +--------------------------------+----------------------------------------+
/// ```
/// Blocks are in any order, and anything may lie between them. Entries behind the disk's last block mean nothing.
final class BlockTable {

    static final int ENTRY_BYTES = Integer.BYTES;
    static final int NOT_STORED = -1;

    private static final int SECTOR_BYTES = VhdFooter.SECTOR_BYTES;
    private static final int INDEX_BITS = 22; // of VhdHeader.MAX_ENTRIES

    private final long diskSize;
    private final int blockBytes;
    private final int[] sectors;

    /// @param sectors where each block of the disk begins, or [#NOT_STORED]; belongs to the table from now on
    BlockTable(long diskSize, int blockBytes, int[] sectors) {
        this.diskSize = diskSize;
        this.blockBytes = blockBytes;
        this.sectors = sectors;
    }

    /// Decodes a table.
    ///
    /// @param entries as many as the disk has blocks
    static BlockTable decode(long diskSize, int blockBytes, byte[] entries) {
        var sectors = new int[entries.length / ENTRY_BYTES];
        ByteBuffer.wrap(entries).asIntBuffer().get(sectors);
        return new BlockTable(diskSize, blockBytes, sectors);
    }

    /// How many blocks a disk has, the last one possibly not whole.
    static long blocks(long diskSize, int blockBytes) {
        return diskSize / blockBytes + (diskSize % blockBytes == 0 ? 0 : 1);
    }

    /// How many bytes the bitmap of a block takes, filling whole sectors.
    static int bitmapBytes(int blockBytes) {
        int bytes = Math.ceilDiv(blockBytes / SECTOR_BYTES, Byte.SIZE);
        return Math.ceilDiv(bytes, SECTOR_BYTES) * SECTOR_BYTES;
    }

    /// The entries as they stand in an image.
    void encode(ByteBuffer out) {
        for (int sector : sectors) {
            out.putInt(sector);
        }
    }

    long diskSize() {
        return diskSize;
    }

    int blockBytes() {
        return blockBytes;
    }

    int bitmapBytes() {
        return bitmapBytes(blockBytes);
    }

    boolean isStored(int block) {
        return sectors[block] != NOT_STORED;
    }

    /// The blocks that are stored.
    DiskBlocks stored() {
        var stored = new DiskBlocks(diskSize, blockBytes);
        for (int block = 0; block < sectors.length; block++) {
            if (isStored(block)) {
                stored.add(block);
            }
        }
        return stored;
    }

    /// Where the last stored block ends on the disk; 0 if none is stored.
    long storedEnd() {
        int last = sectors.length - 1;
        while (last >= 0 && !isStored(last)) {
            last--;
        }
        return last < 0 ? 0 : offset(last) + length(last);
    }

    /// Which block of the disk the byte at `offset` is in.
    int blockAt(long offset) {
        return (int) (offset / blockBytes);
    }

    /// Where a block begins on the disk.
    long offset(int block) {
        return (long) block * blockBytes;
    }

    /// Where the bitmap of a stored block begins in the image.
    long bitmapOffset(int block) {
        return Integer.toUnsignedLong(sectors[block]) * SECTOR_BYTES;
    }

    /// Where the data of a stored block begins in the image.
    long dataOffset(int block) {
        return bitmapOffset(block) + bitmapBytes();
    }

    /// How many bytes of the disk are in a block.
    int length(int block) {
        return (int) Math.min(blockBytes, diskSize - offset(block));
    }

    /// Where a stored block ends in the image, at the earliest: some writers cut the last one off with the disk.
    long end(int block) {
        return dataOffset(block) + Math.ceilDiv(length(block), SECTOR_BYTES) * (long) SECTOR_BYTES;
    }

    /// Whether a stored block can lie before what begins at byte `next` of the image: whole, or cut off there with the
    /// disk. Anything else behind the disk's last block is no layout but a wrong entry.
    boolean fits(int block, long next) {
        return dataOffset(block) + blockBytes <= next || end(block) == next;
    }

    /// The stored blocks in the order in which they lie in the image.
    int[] inImageOrder() {
        // sector and index in one number, so that sorting needs no objects
        var keys = new long[sectors.length];
        int count = 0;
        for (int block = 0; block < sectors.length; block++) {
            if (isStored(block)) {
                keys[count++] = Integer.toUnsignedLong(sectors[block]) << INDEX_BITS | block;
            }
        }
        Arrays.sort(keys, 0, count);
        var blocks = new int[count];
        Arrays.setAll(blocks, i -> (int) (keys[i] & (1 << INDEX_BITS) - 1));
        return blocks;
    }

    /// Checks that no block lies over another or over `structures`, and that none ends behind `imageEnd`.
    ///
    /// @param tableOffset where the table begins in the image, for messages
    void requireApart(List<Extent> structures, long imageEnd, String image, long tableOffset)
            throws DamagedVhdException {
        var order = inImageOrder();
        for (int i = 0; i < order.length; i++) {
            int block = order[i];
            if (i > 0 && !fits(order[i - 1], bitmapOffset(block))) {
                throw refused(block, "which overlaps block %d at byte %d".formatted(order[i - 1],
                        bitmapOffset(order[i - 1])), image, tableOffset);
            }
            for (var structure : structures) {
                if (bitmapOffset(block) < structure.end() && structure.offset() < end(block)) {
                    throw refused(block, "which overlaps the footer, header or table in bytes " + structure,
                            image, tableOffset);
                }
            }
        }
        if (order.length > 0 && !fits(order[order.length - 1], imageEnd)) {
            throw refused(order[order.length - 1], "which reaches beyond byte %d, where the blocks end"
                    .formatted(imageEnd), image, tableOffset);
        }
    }

    private DamagedVhdException refused(int block, String finding, String image, long tableOffset) {
        return new DamagedVhdException(image, tableOffset + block * (long) ENTRY_BYTES,
                "the table's entry %d puts the block at bytes %s, %s".formatted(block,
                        Extent.between(bitmapOffset(block), end(block)), finding));
    }
}
