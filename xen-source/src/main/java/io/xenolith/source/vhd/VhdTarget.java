package io.xenolith.source.vhd;

import io.xenolith.engine.disk.DiskTarget;
import java.io.IOException;
import java.nio.ByteBuffer;

/// A disk that becomes a VHD in another target: a new file, or a stream. Takes writes as that does: in any order from
/// several threads into a file; in ascending order from one thread, with gaps, into a stream. What is not written reads
/// as zeros.
public final class VhdTarget implements DiskTarget {

    private final VhdLayout layout;
    private final BlockTable table;
    private final DiskTarget image;

    /// Whether the bitmap of each block is in the image; not used for a stream. Several threads may set elements of
    /// their own, which Java keeps apart.
    private final boolean[] hasBitmap;

    /// How much of the image is written; only used for a stream.
    private long position;

    /// @param image where the VHD goes, [VhdLayout#fileLength()] bytes; belongs to this target from now on
    /// @throws IllegalArgumentException if it is neither a stream nor zeros where nothing is written
    public VhdTarget(VhdLayout layout, DiskTarget image) {
        if (!image.sequential() && image.needsZeros()) {
            throw new IllegalArgumentException("a VHD goes into a new file or a stream, not over what is there");
        }
        this.layout = layout;
        this.table = layout.table();
        this.image = image;
        this.hasBitmap = new boolean[(int) BlockTable.blocks(layout.diskSize(), VhdLayout.BLOCK_BYTES)];
    }

    @Override
    public boolean sequential() {
        return image.sequential();
    }

    @Override
    public boolean needsZeros() {
        return false;
    }

    /// @throws IllegalStateException if the layout does not have a block that `bytes` go to
    /// @throws IllegalArgumentException if they go beyond the disk's end, or, in a stream, back
    @Override
    public void write(long offset, ByteBuffer bytes) throws IOException {
        layout.footer().requireInside(offset, bytes.remaining());
        int end = bytes.limit();
        long at = offset;
        while (bytes.hasRemaining()) {
            int block = table.blockAt(at);
            int from = (int) (at - table.offset(block));
            int length = Math.min(bytes.remaining(), VhdLayout.BLOCK_BYTES - from);
            requireStored(block, at);
            bytes.limit(bytes.position() + length);
            if (sequential()) {
                append(table.dataOffset(block) + from, bytes);
            } else {
                place(block, from, bytes);
            }
            bytes.limit(end);
            at += length;
        }
    }

    private void requireStored(int block, long offset) {
        if (!table.isStored(block)) {
            throw new IllegalStateException("a write at offset %d goes to block %d, which the VHD was not to have"
                    .formatted(offset, block));
        }
    }

    private void place(int block, int from, ByteBuffer bytes) throws IOException {
        if (from == 0) {
            writeBitmap(block); // beside the data, so that the system writes both out together
        }
        image.write(table.dataOffset(block) + from, bytes);
    }

    private void writeBitmap(int block) throws IOException {
        image.write(table.bitmapOffset(block), VhdLayout.bitmap());
        hasBitmap[block] = true;
    }

    private void append(long target, ByteBuffer bytes) throws IOException {
        if (target < position) {
            throw new IllegalArgumentException("byte %d of the VHD follows after byte %d, but a stream cannot go back"
                    .formatted(target, position));
        }
        fillUpTo(target);
        send(bytes);
    }

    private void send(ByteBuffer bytes) throws IOException {
        int length = bytes.remaining();
        image.write(position, bytes);
        position += length;
    }

    /// Sends all that comes before byte `target` of the image: structures, bitmaps, and zeros for what was not written.
    private void fillUpTo(long target) throws IOException {
        if (position == 0) {
            send(layout.structures());
        }
        while (position < target) {
            long inBlock = (position - layout.blocksOffset()) % VhdLayout.STORED_BYTES;
            if (inBlock == 0) {
                send(VhdLayout.bitmap());
            } else {
                send(Zeros.upTo(Math.min(target - position, VhdLayout.STORED_BYTES - inBlock)));
            }
        }
    }

    /// Writes what is left of the VHD and makes all of it durable.
    @Override
    public void commit() throws IOException {
        long footerAt = layout.fileLength() - VhdFooter.BYTES;
        var footer = ByteBuffer.wrap(layout.footer().encode());
        if (sequential()) {
            fillUpTo(footerAt);
            send(footer);
        } else {
            image.write(0, layout.structures());
            writeMissingBitmaps();
            image.write(footerAt, footer);
        }
        image.commit();
    }

    private void writeMissingBitmaps() throws IOException {
        for (int block = 0; block < hasBitmap.length; block++) {
            if (table.isStored(block) && !hasBitmap[block]) {
                writeBitmap(block);
            }
        }
    }

    @Override
    public void close() throws IOException {
        image.close();
    }
}
