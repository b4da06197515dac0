package io.xenolith.bench;

import io.xenolith.engine.disk.DiskSource;
import java.nio.ByteBuffer;

/// A disk that knows no holes, as most sources do. Its bytes must not change while it is read.
record MemoryDisk(byte[] bytes) implements DiskSource {

    @Override
    public long size() {
        return bytes.length;
    }

    @Override
    public void read(long offset, ByteBuffer target) {
        target.put(bytes, (int) offset, target.remaining());
    }

    @Override
    public void close() {
    }
}
