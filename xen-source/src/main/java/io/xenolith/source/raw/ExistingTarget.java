package io.xenolith.source.raw;

import io.xenolith.engine.disk.ReadableTarget;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// An existing file or block device that is made into the disk in place. Takes reads and writes from several threads.
///
/// A file that is too short grows when it is opened; one that is too long is cut at [#commit()]. What a device has
/// behind the disk's end stays as it is. Without a commit the target holds old and new bytes side by side.
public final class ExistingTarget implements ReadableTarget {
    private final TargetFile target;
    private final boolean isFile;

    private ExistingTarget(TargetFile target, boolean isFile) {
        this.target = target;
        this.isFile = isFile;
    }

    /// Opens a regular file or block device, symbolic links followed, for a disk of `diskSize` bytes.
    ///
    /// @throws java.nio.file.NoSuchFileException if there is none
    /// @throws TargetTooSmallException if it is a device with fewer bytes
    /// @throws AccessDeniedException if it may not be read and written
    /// @throws IOException if it is anything else, or fails to open or to grow
    public static ExistingTarget open(Path path, long diskSize) throws IOException {
        var kind = FileKind.of(path);
        if (!kind.hasOffsets()) {
            throw kind.refusal(path);
        }
        var channel = openChannel(path);
        try {
            makeRoom(path, kind, channel.size(), diskSize);
            return new ExistingTarget(new TargetFile(path, channel, diskSize), kind == FileKind.FILE);
        } catch (Throwable e) {
            channel.close();
            throw e;
        }
    }

    private static FileChannel openChannel(Path path) throws IOException {
        try {
            return FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (AccessDeniedException e) {
            var denied = new AccessDeniedException(path.toString(), null,
                    "this user may not read and write it; grant the right or run as a user who has it");
            denied.initCause(e);
            throw denied;
        }
    }

    private static void makeRoom(Path path, FileKind kind, long size, long diskSize) throws IOException {
        if (size >= diskSize) {
            return;
        }
        if (kind == FileKind.BLOCK_DEVICE) {
            throw new TargetTooSmallException(path, size, diskSize);
        }
        TargetFile.setLength(path, diskSize, path);
    }

    @Override
    public boolean sequential() {
        return false;
    }

    @Override
    public boolean needsZeros() {
        return true;
    }

    @Override
    public void read(long offset, ByteBuffer bytes) throws IOException {
        target.read(offset, bytes);
    }

    @Override
    public void write(long offset, ByteBuffer bytes) throws IOException {
        target.write(offset, bytes);
    }

    /// When this returns, the disk survives a power loss, and a file has exactly its size.
    @Override
    public void commit() throws IOException {
        target.force(); // before the cut, so that a failed restore destroys no more than it must
        if (isFile) {
            target.truncateToDisk();
            target.force();
        }
    }

    @Override
    public void close() throws IOException {
        target.close();
    }
}
