package io.xenolith.source.raw;

import io.xenolith.engine.disk.DiskSource;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A regular file, sparse or not, or a block device, read as a disk. Safe for use by several threads, but an interrupt
/// closes it for all of them.
///
/// Its size is the one it has when it is opened: what is appended later does not belong to the disk, and a file that
/// shrinks fails to be read. That nobody writes to it meanwhile is up to whoever names it.
public final class RawFile implements DiskSource, RawImage {
    private static final int MAX_EXTENTS = 1 << 16; // in one answer; bounds the memory that a file of tiny holes takes

    private final Path path;
    private final FileChannel channel;
    private final long size;
    private final Object identity; // null if its holes are not to be asked for

    private RawFile(Path path, FileChannel channel, long size, Object identity) {
        this.path = path;
        this.channel = channel;
        this.size = size;
        this.identity = identity;
    }

    /// Opens a regular file or block device for reading, symbolic links followed.
    ///
    /// @throws java.nio.file.NoSuchFileException if there is none
    /// @throws AccessDeniedException if it may not be read
    /// @throws IOException if it is anything else, or fails to open
    public static RawFile open(Path path) throws IOException {
        var attributes = FileKind.attributes(path);
        var kind = FileKind.of(path, attributes);
        if (!kind.hasOffsets()) {
            throw kind.refusal(path);
        }
        var channel = openChannel(path);
        try {
            // size() asks the kernel for a block device's size too
            return new RawFile(path, channel, channel.size(), kind == FileKind.FILE ? attributes.fileKey() : null);
        } catch (Throwable e) {
            channel.close();
            throw e;
        }
    }

    private static FileChannel openChannel(Path path) throws IOException {
        try {
            return FileChannel.open(path, StandardOpenOption.READ);
        } catch (AccessDeniedException e) {
            var denied = new AccessDeniedException(path.toString(), null,
                    "this user may not read it; grant the right or run as a user who has it");
            denied.initCause(e);
            throw denied;
        }
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void read(long offset, ByteBuffer target) throws IOException {
        if (offset < 0 || offset > size - target.remaining()) {
            throw new IllegalArgumentException("%d bytes at offset %d are not inside %s of %d bytes"
                    .formatted(target.remaining(), offset, path, size));
        }
        long at = offset;
        while (target.hasRemaining()) {
            int count = channel.read(target, at);
            if (count < 0) {
                throw shrunk(at);
            }
            at += count;
        }
    }

    /// As the file system says; all of `extent` where it says nothing.
    ///
    /// @throws EOFException if the file is shorter than when it was opened: what it lost is no hole
    @Override
    public Extents allocated(Extent extent) throws IOException {
        if (identity == null) {
            return Extents.of(extent);
        }
        var data = SeekHole.allocated(path, identity, extent, MAX_EXTENTS);
        long now = channel.size(); // asked afterwards, for a file cut off during the search looks like a hole
        if (now < size) {
            throw shrunk(now);
        }
        return data;
    }

    private EOFException shrunk(long offset) {
        return new EOFException(("%s ends at or before offset %d, but had %d bytes when it was opened; it shrank while"
                + " it was read, so begin again once nothing writes to it").formatted(path, offset, size));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
