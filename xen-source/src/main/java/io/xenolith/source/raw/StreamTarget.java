package io.xenolith.source.raw;

import io.xenolith.engine.disk.DiskTarget;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.Flushable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.WritableByteChannel;

/// A disk that leaves through a pipe, a socket or any other stream, from its first byte to its last, holes as zeros.
/// For use by one thread at a time.
///
/// Whoever reads the other end cannot see a commit; that the disk is whole shows in its length and in the exit code.
public final class StreamTarget implements DiskTarget {
    private final String name;
    private final WritableByteChannel channel;
    private final Flushable buffer;
    private long written;
    private boolean failed;

    private StreamTarget(String name, WritableByteChannel channel, Flushable buffer) {
        this.name = name;
        this.channel = channel;
        this.buffer = buffer;
    }

    /// @param name what messages call the stream
    /// @param channel in blocking mode; belongs to this target from now on
    public StreamTarget(String name, WritableByteChannel channel) {
        this(name, channel, () -> { });
    }

    /// @param name what messages call the stream
    /// @param out belongs to this target from now on
    public StreamTarget(String name, OutputStream out) {
        this(name, Channels.newChannel(out), out);
    }

    /// The standard output of this process. Writes past the buffer of [System#out]; closing it closes that too.
    @SuppressWarnings("resource") // closing the channel closes the stream
    public static StreamTarget standardOutput() {
        return new StreamTarget("standard output", new FileOutputStream(FileDescriptor.out).getChannel());
    }

    @Override
    public boolean sequential() {
        return true;
    }

    @Override
    public boolean needsZeros() {
        return true;
    }

    /// @throws IllegalArgumentException if `offset` is not where the last write ended
    @Override
    public void write(long offset, ByteBuffer bytes) throws IOException {
        if (offset != written) {
            throw new IllegalArgumentException("offset %d, but %s continues at offset %d"
                    .formatted(offset, name, written));
        }
        try {
            while (bytes.hasRemaining()) {
                written += channel.write(bytes);
            }
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /// Hands on what is still buffered here. Making it durable is up to whoever reads the stream.
    @Override
    public void commit() throws IOException {
        if (failed) {
            throw new IOException("a write to %s failed, so the disk there is incomplete; restore it again"
                    .formatted(name));
        }
        try {
            buffer.flush();
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private IOException failure(IOException cause) {
        failed = true;
        if (cause instanceof ClosedChannelException) {
            return cause; // interrupted or closed by another thread, which is no fault of the stream
        }
        // the system's words for a closed pipe depend on the locale, so say what it means for any failure
        return new IOException(("%s took %d bytes and then failed: %s; if it is a pipe, the program reading it has"
                + " ended. The disk there is incomplete").formatted(name, written, cause.getMessage()), cause);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
