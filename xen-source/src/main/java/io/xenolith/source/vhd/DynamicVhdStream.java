package io.xenolith.source.vhd;

import io.xenolith.engine.disk.DiskStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/// A dynamic VHD that arrives in a stream, given on as the disk's bytes, with zeros where it stores nothing. The read
/// that gives the disk's last byte also checks that the stream ends as it should. For use by one thread at a time.
public final class DynamicVhdStream implements DiskStream, VhdStream {

    private final VhdFooter footer;
    private final DiskContent content;
    private long position;

    /// @throws IOException if the disk has no bytes, and the stream does not end as it should
    DynamicVhdStream(VhdFooter footer, StoredBlocks blocks) throws IOException {
        this.footer = footer;
        this.content = new DiskContent(blocks);
        moveOn(0);
    }

    /// What tells this VHD from others.
    public VhdIdentity identity() {
        return footer.identity();
    }

    /// The size of the disk in bytes: the footer's current size, whatever its geometry says.
    public long size() {
        return footer.size();
    }

    @Override
    public void read(ByteBuffer target) throws IOException {
        int count = (int) Math.min(target.remaining(), size() - position);
        int limit = target.limit();
        target.limit(target.position() + count);
        content.read(position, target);
        target.limit(limit);
        moveOn(count);
    }

    @Override
    public long skipZeros(long limit) throws IOException {
        long zeros = content.zerosFrom(position, limit);
        moveOn(zeros);
        return zeros;
    }

    private void moveOn(long count) throws IOException {
        position += count;
        if (position == size()) {
            content.finish();
        }
    }

    @Override
    public void close() throws IOException {
        content.close();
    }
}
