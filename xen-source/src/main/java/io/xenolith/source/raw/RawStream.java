package io.xenolith.source.raw;

import io.xenolith.engine.disk.DiskStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;

/// A raw disk that arrives through a pipe, a socket or any other stream. For use by one thread at a time.
public final class RawStream implements DiskStream, RawImage {
    private final ReadableByteChannel channel;
    private boolean ended;

    /// @param channel in blocking mode; belongs to this stream from now on
    public RawStream(ReadableByteChannel channel) {
        this.channel = channel;
    }

    /// @param in belongs to this stream from now on
    public RawStream(InputStream in) {
        this(Channels.newChannel(in));
    }

    /// The standard input of this process. Reads past the buffer of [System#in], which nobody may have used before.
    @SuppressWarnings("resource") // closing the channel closes the stream
    public static RawStream standardInput() {
        return new RawStream(new FileInputStream(FileDescriptor.in).getChannel());
    }

    @Override
    public void read(ByteBuffer target) throws IOException {
        while (!ended && target.hasRemaining()) {
            ended = channel.read(target) < 0; // remembered: a named pipe goes on once it is opened again
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
