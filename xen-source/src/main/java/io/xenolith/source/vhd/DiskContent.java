package io.xenolith.source.vhd;

import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// The bytes of a dynamic disk, put together from its stored blocks and zeros. As many threads and as free an order as
/// the blocks allow.
final class DiskContent implements Closeable {

    private static final int SECTOR_BYTES = VhdFooter.SECTOR_BYTES;
    private static final int MAX_EXTENTS = 1 << 16; // in one answer; with more, whole blocks stand for their sectors

    private final StoredBlocks blocks;
    private final BlockTable table;

    DiskContent(StoredBlocks blocks) {
        this.blocks = blocks;
        this.table = blocks.table();
    }

    long size() {
        return table.diskSize();
    }

    /// Fills `target` with the bytes from `offset` on, which lie inside the disk.
    void read(long offset, ByteBuffer target) throws IOException {
        int end = target.limit();
        long at = offset;
        while (target.hasRemaining()) {
            int block = table.blockAt(at);
            int from = (int) (at - table.offset(block));
            int length = Math.min(target.remaining(), table.blockBytes() - from);
            target.limit(target.position() + length);
            readBlock(block, from, target);
            target.limit(end);
            at += length;
        }
    }

    private void readBlock(int block, int from, ByteBuffer target) throws IOException {
        if (!table.isStored(block)) {
            Zeros.fill(target);
            return;
        }
        var sectors = blocks.sectors(block);
        int end = target.limit();
        int at = from;
        while (target.hasRemaining()) {
            boolean stored = sectors.get(at / SECTOR_BYTES);
            int next = stored ? sectors.nextClearBit(at / SECTOR_BYTES) : sectors.nextSetBit(at / SECTOR_BYTES);
            int length = next < 0 ? target.remaining() : Math.min(target.remaining(), next * SECTOR_BYTES - at);
            target.limit(target.position() + length);
            if (stored) {
                blocks.read(block, at, target);
            } else {
                Zeros.fill(target);
            }
            target.limit(end);
            at += length;
        }
    }

    /// How many bytes from `offset` on, at most `limit`, lie in blocks or sectors that are not stored.
    long zerosFrom(long offset, long limit) throws IOException {
        long end = offset + Math.min(limit, size() - offset);
        long at = offset;
        while (at < end) {
            int block = table.blockAt(at);
            long next = nextStored(block, at);
            if (next < table.offset(block) + table.length(block)) {
                return Math.min(next, end) - offset;
            }
            at = next;
        }
        return end - offset;
    }

    /// The first byte from `offset` on that is in a stored sector of `block`, or where the block ends.
    private long nextStored(int block, long offset) throws IOException {
        long blockEnd = table.offset(block) + table.length(block);
        if (!table.isStored(block)) {
            return blockEnd;
        }
        int sector = (int) ((offset - table.offset(block)) / SECTOR_BYTES);
        int next = blocks.sectors(block).nextSetBit(sector);
        return next < 0 ? blockEnd : Math.clamp(table.offset(block) + next * SECTOR_BYTES, offset, blockEnd);
    }

    /// What of `extent` lies in stored sectors.
    Extents stored(Extent extent) throws IOException {
        var stored = new ArrayList<Extent>();
        int last = table.blockAt(extent.end() - 1);
        for (int block = table.blockAt(extent.offset()); block <= last; block++) {
            if (!table.isStored(block)) {
                continue;
            }
            if (stored.size() < MAX_EXTENTS) {
                addSectors(table, block, blocks.sectors(block), stored);
            } else {
                stored.add(new Extent(table.offset(block), table.length(block)));
            }
        }
        return Extents.of(stored).within(extent.offset(), extent.end());
    }

    /// Adds the extents of the disk that the `sectors` of a block are.
    static void addSectors(BlockTable table, int block, BitSet sectors, List<Extent> extents) {
        long start = table.offset(block);
        int length = table.length(block);
        int from = sectors.nextSetBit(0);
        while (from >= 0 && from * SECTOR_BYTES < length) {
            int end = sectors.nextClearBit(from);
            extents.add(Extent.between(start + from * SECTOR_BYTES, start + Math.min(length, end * SECTOR_BYTES)));
            from = sectors.nextSetBit(end);
        }
    }

    void finish() throws IOException {
        blocks.finish();
    }

    @Override
    public void close() throws IOException {
        blocks.close();
    }
}
