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
    private final long contentEnd;
    private int current = -1;
    private BitSet currentSectors;
    private boolean finished;

    /// @param in         behind the table; belongs to the blocks from now on
    /// @param footer     what the image must end with
    /// @param contentEnd where the footer may begin at the earliest
    BlocksInStream(ForwardInput in, BlockTable table, byte[] footer, long contentEnd) {
        this.in = in;
        this.table = table;
        this.footer = footer;
        this.contentEnd = contentEnd;
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
        finished = true;
        in.skipTo(Math.max(in.position(), contentEnd));
        var end = in.end();
        if (ImageReader.endFooterOffset(end.length()) < contentEnd || !Arrays.equals(end.footer(), footer)) {
            throw new TruncatedVhdException(in.name(), end.length(),
                    "the stream ends without the footer that it began with");
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
