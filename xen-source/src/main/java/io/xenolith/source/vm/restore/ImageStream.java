package io.xenolith.source.vm.restore;

import io.xenolith.engine.disk.DiskTarget;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/// An image that is written from its beginning to its end, without gaps, into a stream. For one thread at a time.
final class ImageStream implements DiskTarget {
    private final OutputStream out;
    private final byte[] piece = new byte[64 << 10];
    private long position;

    ImageStream(OutputStream out) {
        this.out = out;
    }

    @Override
    public boolean sequential() {
        return true;
    }

    @Override
    public boolean needsZeros() {
        return true;
    }

    @Override
    public void write(long offset, ByteBuffer bytes) throws IOException {
        if (offset != position) {
            throw new IllegalArgumentException("byte %d of an image that has come to byte %d".formatted(offset, position));
        }
        position += bytes.remaining();
        while (bytes.hasRemaining()) {
            int length = Math.min(piece.length, bytes.remaining());
            bytes.get(piece, 0, length);
            out.write(piece, 0, length);
        }
    }

    @Override
    public void commit() throws IOException {
        out.flush();
    }

    @Override
    public void close() {
    }
}
