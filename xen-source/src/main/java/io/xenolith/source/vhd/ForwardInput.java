package io.xenolith.source.vhd;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;

/// An image that comes in one pass: read on, pass over, never back.
final class ForwardInput implements Closeable {

    private final String name;
    private final ReadableByteChannel channel;
    private final byte[] passedOver = new byte[1 << 16];
    private long position;

    /// @param channel in blocking mode; belongs to the input from now on
    ForwardInput(String name, ReadableByteChannel channel) {
        this.name = name;
        this.channel = channel;
    }

    String name() {
        return name;
    }

    /// How many bytes have passed.
    long position() {
        return position;
    }

    /// The `length` bytes from `offset` on.
    byte[] read(long offset, int length) throws IOException {
        skipTo(offset);
        var bytes = new byte[length];
        read(ByteBuffer.wrap(bytes));
        return bytes;
    }

    /// Reads on until `target` is full.
    ///
    /// @throws TruncatedVhdException if the stream ends first
    void read(ByteBuffer target) throws IOException {
        while (target.hasRemaining()) {
            if (readSome(target) < 0) {
                throw new TruncatedVhdException(name, position, "the stream ends here, in the middle of the image");
            }
        }
    }

    /// Reads on until `target` is full or the stream ends.
    void readToEnd(ByteBuffer target) throws IOException {
        while (target.hasRemaining() && readSome(target) >= 0) {
            continue;
        }
    }

    /// Reads what is there into `target`, which has room; -1 if the stream has ended.
    private int readSome(ByteBuffer target) throws IOException {
        int count = channel.read(target);
        position += Math.max(count, 0);
        return count;
    }

    /// Passes over everything up to `offset`.
    ///
    /// @throws UnsupportedVhdException if that has passed already
    void skipTo(long offset) throws IOException {
        if (offset < position) {
            throw new UnsupportedVhdException(name, offset, 
                    "what stands here is needed after byte %d, but a stream cannot go back".formatted(position),
                    "save the image to a file and name that");
        }
        while (position < offset) {
            read(ByteBuffer.wrap(passedOver, 0, (int) Math.min(passedOver.length, offset - position)));
        }
    }

    /// Passes over the rest of the stream.
    End end() throws IOException {
        int kept = 0;
        while (true) {
            var rest = ByteBuffer.wrap(passedOver, kept, passedOver.length - kept);
            readToEnd(rest);
            kept = Math.min(VhdFooter.BYTES, rest.position());
            System.arraycopy(passedOver, rest.position() - kept, passedOver, 0, kept);
            if (rest.hasRemaining()) {
                return new End(position, Arrays.copyOf(passedOver, kept));
            }
        }
    }

    /// The end of a stream.
    ///
    /// @param length of the whole stream in bytes
    /// @param last   the bytes before its end that [#end()] passed over, at most those of a footer
    record End(long length, byte[] last) {

        /// The footer that the stream ends with, if it does.
        byte[] footer() {
            int bytes = (int) Math.min(last.length, length - VhdFooter.offsetAtEnd(length));
            return VhdFooter.completed(Arrays.copyOfRange(last, last.length - bytes, last.length));
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
