package io.xenolith.source.vhd;

import io.xenolith.engine.disk.DiskBlocks;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.UUID;

/// Where every byte of a VHD to be written goes, known before the first of them. Immutable.
///
/// ```text
///   +--------+--------+---------+----------------+-------+--   --+-------+--------+
///   | footer | header |  table  | parent's names | block |  ...  | block | footer |
///   |  copy  |        |         | if it has one  |       |       |       |        |
///   +--------+--------+---------+----------------+-------+--   --+-------+--------+
///   0        512      1536      whole sectors            in disk order
/// ```
/// Nothing lies between the parts. Every bit of every bitmap is set and every block is whole, zeros included, since
/// many readers look at whole blocks only; what fills the table's last sector is all ones.
public final class VhdLayout {

    /// How long a block is, the only length that hosts take.
    public static final int BLOCK_BYTES = 2 << 20;

    private static final int BITMAP_BYTES = BlockTable.bitmapBytes(BLOCK_BYTES);

    /// How many bytes of the image a stored block takes.
    static final int STORED_BYTES = BITMAP_BYTES + BLOCK_BYTES;

    private static final int SECTOR_BYTES = VhdFooter.SECTOR_BYTES;
    private static final int HEADER_AT = VhdFooter.BYTES;
    private static final int TABLE_AT = HEADER_AT + VhdHeader.BYTES;
    private static final VhdIdentity NO_PARENT = new VhdIdentity(new UUID(0, 0), VhdTime.decode(0));
    private static final ByteBuffer BITMAP = fullBitmap();

    private final VhdFooter footer;
    private final BlockTable table;
    private final ByteBuffer structures;
    private final long fileLength;

    private VhdLayout(DiskBlocks stored, VhdFooter footer, VhdIdentity parent, ParentFile parentFile) {
        int entries = Math.max(1, stored.onDisk());
        int namesAt = TABLE_AT + Math.ceilDiv(entries * BlockTable.ENTRY_BYTES, SECTOR_BYTES) * SECTOR_BYTES;
        int blocksAt = namesAt + parentFile.bytes();
        this.footer = footer;
        this.table = table(stored, footer.size(), entries, blocksAt);
        this.fileLength = blocksAt + (long) STORED_BYTES * stored.count() + VhdFooter.BYTES;
        var header = new VhdHeader(TABLE_AT, entries, BLOCK_BYTES, parent, parentFile.name(),
                parentFile.locators(namesAt));
        var out = ByteBuffer.allocate(blocksAt).put(footer.encode()).put(header.encode());
        table.encode(out);
        Arrays.fill(out.array(), out.position(), namesAt, (byte) 0xFF);
        parentFile.encode(out.position(namesAt));
        this.structures = out.flip();
    }

    /// The layout of a dynamic disk: what is not in `stored` is zeros. Leave out blocks of zeros.
    ///
    /// @param stored   the blocks to store, of [#BLOCK_BYTES]; the disk's size is rounded up to whole sectors
    /// @throws VhdTooLargeException if the disk is larger than 2040 GiB
    public static VhdLayout dynamic(DiskBlocks stored, VhdIdentity identity) throws VhdTooLargeException {
        return new VhdLayout(stored, footer(VhdFooter.Type.DYNAMIC, stored, identity), NO_PARENT, ParentFile.NONE);
    }

    /// The layout of a differencing disk: what is not in `stored` is the parent's. Blocks that became zeros belong in.
    ///
    /// @param stored     the blocks to store, of [#BLOCK_BYTES]; the disk's size is rounded up to whole sectors
    /// @param parent     of the VHD that was written for the parent
    /// @param parentFile the name of the parent's file, in the same directory as this one's; at most 254 characters,
    ///                   none for an image that only a host is going to read
    /// @throws VhdTooLargeException if the disk is larger than 2040 GiB
    public static VhdLayout differencing(DiskBlocks stored, VhdIdentity identity, VhdIdentity parent, String parentFile)
            throws VhdTooLargeException {
        return new VhdLayout(stored, footer(VhdFooter.Type.DIFFERENCING, stored, identity), parent,
                new ParentFile(parentFile));
    }

    private static VhdFooter footer(VhdFooter.Type type, DiskBlocks stored, VhdIdentity identity)
            throws VhdTooLargeException {
        if (stored.blockBytes() != BLOCK_BYTES) {
            throw new IllegalArgumentException(
                    "blocks of %d bytes, not %d".formatted(stored.blockBytes(), BLOCK_BYTES));
        }
        if (stored.size() > VhdStructures.MAX_DISK_BYTES) {
            throw new VhdTooLargeException(stored.size());
        }
        long size = Math.ceilDiv(stored.size(), (long) SECTOR_BYTES) * SECTOR_BYTES;
        return new VhdFooter(type, identity, HEADER_AT, size);
    }

    private static BlockTable table(DiskBlocks stored, long diskSize, int entries, int blocksAt) {
        var sectors = new int[entries];
        Arrays.fill(sectors, BlockTable.NOT_STORED);
        long at = blocksAt;
        for (int block = stored.next(0); block >= 0; block = stored.next(block + 1)) {
            sectors[block] = (int) (at / SECTOR_BYTES);
            at += STORED_BYTES;
        }
        return new BlockTable(diskSize, BLOCK_BYTES, sectors);
    }

    /// The size of the disk in bytes, whole sectors.
    public long diskSize() {
        return footer.size();
    }

    /// The exact length of the image in bytes.
    public long fileLength() {
        return fileLength;
    }

    /// Where the blocks are.
    BlockTable table() {
        return table;
    }

    /// Everything that comes before the blocks.
    ByteBuffer structures() {
        return structures.asReadOnlyBuffer();
    }

    /// Where the first block begins in the image.
    long blocksOffset() {
        return structures.limit();
    }

    /// The bitmap of any stored block.
    static ByteBuffer bitmap() {
        return BITMAP.duplicate();
    }

    private static ByteBuffer fullBitmap() {
        var bitmap = ByteBuffer.allocateDirect(BITMAP_BYTES);
        while (bitmap.hasRemaining()) {
            bitmap.put((byte) 0xFF);
        }
        return bitmap.flip().asReadOnlyBuffer();
    }

    /// What comes behind the blocks.
    VhdFooter footer() {
        return footer;
    }
}
