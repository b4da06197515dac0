package io.xenolith.source.raw;

import io.xenolith.engine.disk.DiskTarget;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.HexFormat;

/// A new file that becomes the disk; what is not written stays a hole. Takes writes from several threads.
///
/// Until [#commit()] the bytes are in `.NAME.xenolith-partial-RANDOM` beside the target; [#close()] removes that. A
/// killed process leaves it behind, and it may be deleted at any time later.
public final class SparseFileTarget implements DiskTarget {
    private static final int MAX_NAME_IN_PARTIAL = 60; // a name of 255 bytes would leave no room for the rest

    private final Path file;
    private final Path partial;
    private final TargetFile target;
    private final boolean force;
    private boolean committed;

    private SparseFileTarget(Path file, Path partial, TargetFile target, boolean force) {
        this.file = file;
        this.partial = partial;
        this.target = target;
        this.force = force;
    }

    /// Begins a file of `diskSize` bytes, all hole.
    ///
    /// @param force whether a regular file of that name is replaced at commit; through a symbolic link, the file it
    ///     leads to. Devices and directories are never replaced.
    /// @throws TargetExistsException if the name is taken and `force` is false
    /// @throws IOException if nothing can be created there, or no file of that size
    public static SparseFileTarget create(Path file, long diskSize, boolean force) throws IOException {
        var place = placeOf(file, force);
        var partial = place.resolveSibling(partialName(place.getFileName().toString()));
        var target = new TargetFile(file, createPartial(partial, file), diskSize);
        var created = new SparseFileTarget(place, partial, target, force);
        try {
            TargetFile.setLength(partial, diskSize, file);
            return created;
        } catch (Throwable e) {
            created.close();
            throw e;
        }
    }

    /// Begins a file that becomes as long as what is written to it.
    ///
    /// @param force whether a regular file of that name is replaced at commit, as by [#create]
    /// @throws TargetExistsException if the name is taken and `force` is false
    /// @throws IOException if nothing can be created there
    public static SparseFileTarget growing(Path file, boolean force) throws IOException {
        var place = placeOf(file, force);
        var partial = place.resolveSibling(partialName(place.getFileName().toString()));
        return new SparseFileTarget(place, partial, new TargetFile(file, createPartial(partial, file), Long.MAX_VALUE), force);
    }

    private static Path placeOf(Path file, boolean force) throws IOException {
        var absolute = file.toAbsolutePath();
        if (!Files.exists(absolute, LinkOption.NOFOLLOW_LINKS)) {
            return absolute;
        }
        if (!force) {
            throw new TargetExistsException(file);
        }
        if (!Files.exists(absolute)) {
            return absolute; // a link to nowhere, replaced itself
        }
        if (!Files.isRegularFile(absolute)) {
            throw new FileSystemException(file.toString(), null,
                    "is not a regular file, and --force replaces nothing else; choose another name");
        }
        return absolute.toRealPath();
    }

    private static String partialName(String name) {
        var random = new byte[8];
        new SecureRandom().nextBytes(random);
        return ".%s.xenolith-partial-%s".formatted(name.length() > MAX_NAME_IN_PARTIAL ? "disk" : name,
                HexFormat.of().formatHex(random));
    }

    private static FileChannel createPartial(Path partial, Path file) throws IOException {
        try {
            return FileChannel.open(partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (NoSuchFileException e) {
            throw new IOException("cannot create %s: there is no directory %s; create it first"
                    .formatted(file, partial.getParent()), e);
        } catch (AccessDeniedException e) {
            throw new IOException("cannot create %s: this user may not write to the directory %s"
                    .formatted(file, partial.getParent()), e);
        } catch (FileSystemException e) {
            throw new IOException("cannot create %s: %s".formatted(file, e.getReason()), e);
        }
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
    public void write(long offset, ByteBuffer bytes) throws IOException {
        target.write(offset, bytes);
    }

    /// When this returns, the whole disk survives a power loss under its final name.
    ///
    /// @throws TargetExistsException if something took the name meanwhile and it may not be replaced
    /// @throws IOException if the bytes or the name cannot be made durable
    @Override
    public void commit() throws IOException {
        if (committed) {
            throw new IllegalStateException(file + " is committed already");
        }
        target.force();
        target.close();
        if (force) {
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
        } else {
            publishUnlessTaken();
        }
        committed = true;
        try (var directory = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
            directory.force(true); // without this the new name itself can be lost
        }
    }

    // A rename replaces whatever is there; a second link does not.
    private void publishUnlessTaken() throws IOException {
        try {
            Files.createLink(file, partial);
        } catch (FileAlreadyExistsException e) {
            throw taken(e);
        } catch (FileSystemException | UnsupportedOperationException e) {
            moveUnlessTaken(); // no links on this file system
        }
        Files.deleteIfExists(partial);
    }

    private void moveUnlessTaken() throws IOException {
        try {
            Files.move(partial, file);
        } catch (FileAlreadyExistsException e) {
            throw taken(e);
        }
    }

    private TargetExistsException taken(FileAlreadyExistsException cause) {
        var taken = new TargetExistsException(file);
        taken.initCause(cause);
        return taken;
    }

    /// Without a commit before, removes all that was written.
    @Override
    public void close() throws IOException {
        try (target) {
            if (!committed) {
                Files.deleteIfExists(partial);
            }
        }
    }
}
