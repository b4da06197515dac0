package io.xenolith.source.overlay;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/// Room in a directory for what is written over disks, shared by all of them. Safe for use by several threads.
public final class ScratchSpace {

    private final Path directory;
    private final long limit;
    private final AtomicLong used = new AtomicLong();

    /// @param limit bytes that the disks together may take there
    public ScratchSpace(Path directory, long limit) {
        this.directory = directory;
        this.limit = limit;
    }

    /// A file that only its owner can read, and that has no name any more: it is gone when it is closed or the process ends.
    FileChannel newFile() throws IOException {
        var file = directory.resolve(".xenolith-scratch-" + UUID.randomUUID());
        var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE,
                StandardOpenOption.SPARSE, StandardOpenOption.DELETE_ON_CLOSE); // which Linux deletes at once
        var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        try {
            return FileChannel.open(file, options, ownerOnly);
        } catch (IOException e) {
            throw new IOException("cannot make a scratch file in %s: %s; name a directory that can be written to"
                    .formatted(directory, e), e);
        }
    }

    /// Takes `bytes` of the room.
    ///
    /// @throws ScratchFullException if there is no more
    void reserve(long bytes) throws ScratchFullException {
        if (used.addAndGet(bytes) > limit) {
            used.addAndGet(-bytes);
            throw new ScratchFullException("what is written over the disks may take %d bytes, which are used up".formatted(limit));
        }
    }

    /// A failure to write, told as what it is.
    IOException failed(IOException e) {
        boolean full = e.getMessage() != null && e.getMessage().contains("No space left");
        return full ? new ScratchFullException("the file system of the scratch file is full", e) : e;
    }

    /// Bytes in use.
    public long used() {
        return used.get();
    }
}
