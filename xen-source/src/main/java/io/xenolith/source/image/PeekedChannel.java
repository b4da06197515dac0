package io.xenolith.source.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/// A stream whose beginning was looked at, and is read again. For use by one thread at a time.
public final class PeekedChannel implements ReadableByteChannel {
    private final ReadableByteChannel channel;
    private final ByteBuffer head;

    private PeekedChannel(ReadableByteChannel channel, ByteBuffer head) {
        this.channel = channel;
        this.head = head;
    }

    /// Reads the first [ImageFormat#HEAD_BYTES], or as many as there are; blocks as long as that takes.
    ///
    /// @param channel in blocking mode; belongs to the new one from now on, and is left open if this fails
    public static PeekedChannel of(ReadableByteChannel channel) throws IOException {
        var head = ByteBuffer.allocate(ImageFormat.HEAD_BYTES);
        while (head.hasRemaining() && channel.read(head) >= 0) {
            // an end shows in the head's length
        }
        return new PeekedChannel(channel, head.flip());
    }

    /// What was looked at, whether it was read since or not.
    public byte[] head() {
        var bytes = new byte[head.limit()];
        head.get(0, bytes);
        return bytes;
    }

    /// What the stream looks like.
    public ImageFormat format() {
        return ImageFormat.recognise(head());
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (!head.hasRemaining()) {
            return channel.read(target);
        }
        int length = Math.min(head.remaining(), target.remaining());
        target.put(head.slice().limit(length));
        head.position(head.position() + length);
        return length;
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
