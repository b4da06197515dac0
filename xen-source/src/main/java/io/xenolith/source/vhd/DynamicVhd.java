package io.xenolith.source.vhd;

import io.xenolith.engine.disk.DiskSource;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import java.io.IOException;
import java.nio.ByteBuffer;

/// A dynamic VHD: of the disk's blocks, those that are stored. Safe for use by several threads.
public final class DynamicVhd implements DiskSource, VhdImage {

    private final VhdFooter footer;
    private final DiskContent content;

    DynamicVhd(VhdFooter footer, StoredBlocks blocks) {
        this.footer = footer;
        this.content = new DiskContent(blocks);
    }

    @Override
    public VhdIdentity identity() {
        return footer.identity();
    }

    @Override
    public long size() {
        return footer.size();
    }

    @Override
    public void read(long offset, ByteBuffer target) throws IOException {
        footer.requireInside(offset, target.remaining());
        content.read(offset, target);
    }

    /// By the table and the bitmaps of the blocks, to the sector.
    @Override
    public Extents allocated(Extent extent) throws IOException {
        return content.stored(extent);
    }

    @Override
    public void close() throws IOException {
        content.close();
    }
}
