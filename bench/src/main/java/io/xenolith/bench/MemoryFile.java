package io.xenolith.bench;

import io.xenolith.engine.disk.DiskTarget;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;

/// What a file costs without a file system: bytes are copied to where they belong. As a channel it is written from its
/// beginning on, by one thread; as a target in any order, by several. It may be written again and again, over what is there.
public final class MemoryFile implements DiskTarget, WritableByteChannel {

    private final byte[] bytes;
    private int position;

    MemoryFile(int capacity) {
        this.bytes = new byte[capacity];
    }

    /// Begins anew, so that a channel's next write goes to the start.
    MemoryFile rewind() {
        position = 0;
        return this;
    }

    /// The first `length` bytes.
    byte[] content(long length) {
        return Arrays.copyOf(bytes, Math.toIntExact(length));
    }

    /// What went through the channel since [#rewind()].
    byte[] streamed() {
        return content(position);
    }

    @Override
    public boolean sequential() {
        return false;
    }

    @Override
    public boolean needsZeros() {
        return false;
    }

    @Override
    public void write(long offset, ByteBuffer from) {
        from.get(bytes, (int) offset, from.remaining());
    }

    @Override
    public int write(ByteBuffer from) {
        int length = from.remaining();
        from.get(bytes, position, length);
        position += length;
        return length;
    }

    @Override
    public void commit() {
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() {
    }
}
