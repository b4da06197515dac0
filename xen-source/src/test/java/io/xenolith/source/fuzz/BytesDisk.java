package io.xenolith.source.fuzz;

import io.xenolith.engine.disk.DiskSource;
import java.nio.ByteBuffer;

/// A file in memory. Reading behind its end is a fault of the reader, not of the file.
public record BytesDisk(byte[] bytes) implements DiskSource {

    @Override
    public long size() {
        return bytes.length;
    }

    @Override
    public void read(long offset, ByteBuffer target) {
        if (offset < 0 || offset > bytes.length - target.remaining()) {
            throw new AssertionError("%d bytes at offset %d of %d".formatted(target.remaining(), offset, bytes.length));
        }
        target.put(bytes, (int) offset, target.remaining());
    }

    @Override
    public void close() {
    }
}
