package io.xenolith.source.raw;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/// The open file or device that a disk is written into, at any offset and by several threads. One failed write spoils
/// it for good: it cannot be made durable any more.
final class TargetFile implements Closeable {
    private final Path name; // what the user calls it, which may not be where the bytes go
    private final FileChannel channel;
    private final long diskSize;
    private final WriteBehind writeBehind;
    private volatile boolean failed;

    TargetFile(Path name, FileChannel channel, long diskSize) {
        this.name = name;
        this.channel = channel;
        this.diskSize = diskSize;
        this.writeBehind = new WriteBehind(channel);
    }

    /// Grows or truncates a regular file; what it gains is a hole.
    static void setLength(Path file, long length, Path name) throws IOException {
        // no channel can make a file longer without writing to it
        try (var open = new RandomAccessFile(file.toFile(), "rw")) {
            open.setLength(length);
        } catch (IOException e) {
            throw new IOException("%s cannot have %d bytes: %s; choose a file system that takes files of that size"
                    .formatted(name, length, e.getMessage()), e);
        }
    }

    void write(long offset, ByteBuffer bytes) throws IOException {
        requireInside(offset, bytes.remaining());
        long at = offset;
        int length = bytes.remaining();
        try {
            while (bytes.hasRemaining()) {
                at += channel.write(bytes, at);
            }
            writeBehind.wrote(length);
        } catch (ClosedChannelException e) {
            failed = true;
            throw e; // interrupted or closed by another thread, which is no fault of the target
        } catch (IOException e) {
            failed = true;
            throw new IOException("cannot write %d bytes at offset %d of %s: %s; the restore is incomplete"
                    .formatted(bytes.remaining(), at, name, e.getMessage()), e);
        }
    }

    void read(long offset, ByteBuffer bytes) throws IOException {
        requireInside(offset, bytes.remaining());
        long at = offset;
        while (bytes.hasRemaining()) {
            int count = channel.read(bytes, at);
            if (count < 0) {
                throw new EOFException("%s ends at or before offset %d of a disk of %d bytes; something truncated it"
                        .formatted(name, at, diskSize));
            }
            at += count;
        }
    }

    void truncateToDisk() throws IOException {
        channel.truncate(diskSize);
    }

    void force() throws IOException {
        if (failed) {
            throw new IOException("a write to %s failed, so it does not hold the whole disk; restore it again"
                    .formatted(name));
        }
        writeBehind.finish();
        channel.force(true);
    }

    private void requireInside(long offset, int length) {
        if (offset < 0 || offset > diskSize - length) {
            throw new IllegalArgumentException("%d bytes at offset %d are not inside a disk of %d bytes"
                    .formatted(length, offset, diskSize));
        }
    }

    @Override
    public void close() throws IOException {
        writeBehind.close();
        channel.close();
    }
}
