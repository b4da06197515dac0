package io.xenolith.source.vhd;

import io.xenolith.engine.disk.DiskSource;
import java.nio.ByteBuffer;

/// Bytes that are read like a file.
public record BytesAtRest(byte[] bytes) implements DiskSource {

    @Override
    public long size() {
        return bytes.length;
    }

    @Override
    public void read(long offset, ByteBuffer target) {
        target.put(bytes, Math.toIntExact(offset), target.remaining());
    }

    @Override
    public void close() {
        // nothing to let go of
    }
}
