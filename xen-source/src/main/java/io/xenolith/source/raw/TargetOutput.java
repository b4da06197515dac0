package io.xenolith.source.raw;

import io.xenolith.engine.disk.DiskTarget;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/// A target that is written from its beginning on, as a stream. Closing it leaves the target open. For use by one thread at
/// a time.
public final class TargetOutput extends OutputStream {
    private final DiskTarget target;
    private long position;

    public TargetOutput(DiskTarget target) {
        this.target = target;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int at, int length) throws IOException {
        target.write(position, ByteBuffer.wrap(bytes, at, length));
        position += length;
    }
}
