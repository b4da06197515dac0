package io.xenolith.cli.files;

import io.xenolith.engine.disk.DiskSource;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import java.io.IOException;
import java.nio.ByteBuffer;

/// An extent of a disk as a disk of its own.
record Part(DiskSource disk, Extent extent) implements DiskSource {

    @Override
    public long size() {
        return extent.length();
    }

    @Override
    public void read(long offset, ByteBuffer target) throws IOException {
        if (offset < 0 || offset > size() - target.remaining()) {
            throw new IllegalArgumentException("%d bytes at offset %d are not inside a partition of %d bytes"
                    .formatted(target.remaining(), offset, size()));
        }
        disk.read(extent.offset() + offset, target);
    }

    @Override
    public Extents allocated(Extent wanted) throws IOException {
        var found = disk.allocated(new Extent(extent.offset() + wanted.offset(), wanted.length()));
        return Extents.of(found.asList().stream()
                .map(part -> new Extent(part.offset() - extent.offset(), part.length())).toList());
    }

    /// The disk stays open.
    @Override
    public void close() {
    }
}
