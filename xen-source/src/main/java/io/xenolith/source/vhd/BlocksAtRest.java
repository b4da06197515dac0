package io.xenolith.source.vhd;

import io.xenolith.engine.disk.DiskSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;

/// Blocks in a file or device. Read in any order, by several threads.
final class BlocksAtRest implements StoredBlocks {

    private final DiskSource file;
    private final BlockTable table;
    private final BitSet allSectors;

    /// The blocks that are known to have all their sectors, as most have; guarded by itself.
    private final BitSet complete = new BitSet();

    /// @param file belongs to the blocks from now on
    BlocksAtRest(DiskSource file, BlockTable table) {
        this.file = file;
        this.table = table;
        this.allSectors = SectorBitmap.full(table.blockBytes() / VhdFooter.SECTOR_BYTES);
    }

    @Override
    public BlockTable table() {
        return table;
    }

    @Override
    public BitSet sectors(int block) throws IOException {
        synchronized (complete) {
            if (complete.get(block)) {
                return allSectors;
            }
        }
        var bitmap = new byte[table.bitmapBytes()];
        file.read(table.bitmapOffset(block), ByteBuffer.wrap(bitmap));
        var sectors = SectorBitmap.decode(bitmap);
        if (sectors.nextClearBit(0) >= allSectors.length()) {
            synchronized (complete) {
                complete.set(block);
            }
        }
        return sectors;
    }

    @Override
    public void read(int block, int from, ByteBuffer target) throws IOException {
        file.read(table.dataOffset(block) + from, target);
    }

    /// Nothing is left to check: all was looked at before the first block.
    @Override
    public void finish() {
        // see above
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
