package io.xenolith.source.vhd;

import io.xenolith.engine.disk.DiskSource;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;

/// A file without a name, for bytes that are needed in another order than they come in. Only its owner can read it, and
/// it is gone when it is closed or the process ends: where the system allows, its name goes as soon as it is open.
final class ScratchFile implements DiskSource {

    private final Path directory;
    private final FileChannel channel;
    private long size;

    private ScratchFile(Path directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    static ScratchFile create(Path directory) throws IOException {
        var file = directory.resolve(".xenolith-scratch-" + UUID.randomUUID());
        var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE);
        var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        try {
            return new ScratchFile(directory, FileChannel.open(file, options, ownerOnly));
        } catch (IOException e) {
            throw new IOException(("cannot keep blocks in the directory %s: %s; name one that can be written to, or"
                    + " save the image to a file first").formatted(directory, e), e);
        }
    }

    /// Writes all that remains in `bytes` at `offset`.
    void write(long offset, ByteBuffer bytes) throws IOException {
        long at = offset;
        try {
            while (bytes.hasRemaining()) {
                at += channel.write(bytes, at);
            }
        } catch (ClosedChannelException e) {
            throw e; // interrupted or closed by another thread, which is no fault of the directory
        } catch (IOException e) {
            throw new IOException(("cannot keep %d bytes in the directory %s: %s; name one with room for all of the"
                    + " image, or save the image to a file first").formatted(at, directory, e.getMessage()), e);
        }
        size = Math.max(size, at);
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void read(long offset, ByteBuffer target) throws IOException {
        long at = offset;
        while (target.hasRemaining()) {
            int count = channel.read(target, at);
            if (count < 0) {
                throw new EOFException("the scratch file in %s ends at byte %d".formatted(directory, at));
            }
            at += count;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
