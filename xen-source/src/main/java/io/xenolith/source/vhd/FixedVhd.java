package io.xenolith.source.vhd;

import io.xenolith.engine.disk.DiskSource;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import java.io.IOException;
import java.nio.ByteBuffer;

/// A fixed VHD: the bytes of the disk, then a footer. Safe for use by several threads.
public final class FixedVhd implements DiskSource, VhdImage {

    private final DiskSource file;
    private final VhdFooter footer;

    FixedVhd(DiskSource file, VhdFooter footer) {
        this.file = file;
        this.footer = footer;
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
        file.read(offset, target);
    }

    @Override
    public Extents allocated(Extent extent) throws IOException {
        return file.allocated(extent);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
