package io.xenolith.source.vhd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;

/// Blocks that arrive in a stream. Read once, in the order in which they lie in the image, by one thread at a time.
final class BlocksInStream implements StoredBlocks {

    private final ForwardInput in;
    private final BlockTable table;
    private final byte[] footer;
    private final long structuresEnd;
    private final int last;
    private int current = -1;
    private BitSet currentSectors;
    private boolean finished;

    /// @param in     behind the table; belongs to the blocks from now on
    /// @param last   the stored block that comes last in the image, or -1
    /// @param footer what the image must end with
    BlocksInStream(ForwardInput in, VhdStructures structures, int last, byte[] footer) {
        this.in = in;
        this.table = structures.table();
        this.structuresEnd = structures.end();
        this.last = last;
        this.footer = footer;
    }

    @Override
    public BlockTable table() {
        return table;
    }

    @Override
    public BitSet sectors(int block) throws IOException {
        if (block != current) {
            currentSectors = SectorBitmap.decode(in.read(table.bitmapOffset(block), table.bitmapBytes()));
            current = block;
        }
        return currentSectors;
    }

    @Override
    public void read(int block, int from, ByteBuffer target) throws IOException {
        in.skipTo(table.dataOffset(block) + from);
        in.read(target);
    }

    /// Reads the stream to its end.
    ///
    /// @throws TruncatedVhdException if it does not end with the footer that it began with
    @Override
    public void finish() throws IOException {
        if (finished) {
            return;
        }
        var end = in.end();
        long footerAt = VhdFooter.offsetAtEnd(end.length());
        boolean fits = last < 0 ? footerAt >= structuresEnd : table.fits(last, footerAt);
        if (!fits || !Arrays.equals(end.footer(), footer)) {
            throw new TruncatedVhdException(in.name(), end.length(),
                    "the stream ends without the footer that it began with");
        }
        finished = true;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
