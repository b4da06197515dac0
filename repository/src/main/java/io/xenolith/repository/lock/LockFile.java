package io.xenolith.repository.lock;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.xenolith.repository.RepositoryException;
import io.xenolith.repository.storage.OwnerOnly;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// A holder's file, and the OS lock on it that proves that the holder lives. Files are taken and looked at inside the
/// mutex: a file that is not in [#HELD_HERE] yet must not be opened by another thread. They are given back outside of it.
final class LockFile implements RepositoryLock {

    static final String SUFFIX = ".lock";
    private static final int MAX_TEXT_BYTES = 16 << 10; // bounds what a foreign file can make a reader allocate

    /// What this JVM holds, by [#keyOf] its files.
    private static final Map<Object, LockFile> HELD_HERE = new ConcurrentHashMap<>();

    private final Path path;
    private final Object key;
    private final FileChannel channel;
    private final LockHolder holder;

    private LockFile(Path path, Object key, FileChannel channel, LockHolder holder) {
        this.path = path;
        this.key = key;
        this.channel = channel;
        this.holder = holder;
    }

    /// What a lock file turned out to be.
    sealed interface Finding {
        record Alive(LockHolder holder) implements Finding {}

        record Dead(LockHolder holder) implements Finding {}

        record Gone() implements Finding {}
    }

    /// Makes a file for `holder` and takes its OS lock.
    static LockFile take(Path folder, LockHolder holder) throws IOException {
        var path = folder.resolve("%s.%s%s".formatted(
                UUID.randomUUID().toString().replace("-", ""), holder.mode().name().toLowerCase(Locale.ROOT), SUFFIX));
        var channel = FileChannel.open(path, Set.of(CREATE_NEW, READ, WRITE), OwnerOnly.file(path));
        try {
            channel.lock(); // waits at most for someone who looks without the mutex, in a directory read-only to him
            write(holder, channel);
            var lock = new LockFile(path, keyOf(path), channel, holder);
            HELD_HERE.put(lock.key, lock);
            return lock;
        } catch (IOException | RuntimeException e) {
            try (channel) {
                Files.deleteIfExists(path);
            }
            throw e;
        }
    }

    private static void write(LockHolder holder, FileChannel channel) throws ClosedByInterruptException {
        try {
            var text = ByteBuffer.wrap(holder.encode());
            while (text.hasRemaining()) {
                channel.write(text);
            }
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            // most likely a full disk, which is when pruning is needed: the OS lock and the name say what matters
        }
    }

    /// Finds out whether the holder of `path` lives.
    static Finding inspect(Path path) throws IOException {
        try {
            var here = HELD_HERE.get(keyOf(path));
            return here != null ? new Finding.Alive(here.holder) : inspectOther(path);
        } catch (NoSuchFileException e) {
            return new Finding.Gone();
        } catch (AccessDeniedException e) {
            return new Finding.Alive(LockHolder.unknown(modeOf(path))); // another user's; nothing says that he is dead
        }
    }

    private static Finding inspectOther(Path path) throws IOException {
        try (var channel = FileChannel.open(path, READ)) {
            var holder = read(channel, modeOf(path));
            try (var free = channel.tryLock(0, Long.MAX_VALUE, true)) {
                return free == null ? new Finding.Alive(holder) : new Finding.Dead(holder);
            } catch (OverlappingFileLockException e) {
                return new Finding.Alive(holder); // held by this JVM all the same, through another class loader
            }
        }
    }

    private static LockHolder read(FileChannel channel, LockMode mode) throws IOException {
        var text = ByteBuffer.allocate((int) Math.min(channel.size(), MAX_TEXT_BYTES));
        while (text.hasRemaining() && channel.read(text) >= 0) {}
        try {
            return LockHolder.decode(Arrays.copyOf(text.array(), text.position()), mode);
        } catch (RepositoryException e) {
            return LockHolder.unknown(mode); // empty for want of space, or somebody else's file
        }
    }

    /// By its name, for the text may be missing. Of a file whose name tells nothing the worst is assumed.
    private static LockMode modeOf(Path path) {
        var name = path.getFileName().toString();
        for (var mode : LockMode.values()) {
            if (name.endsWith("." + mode.name().toLowerCase(Locale.ROOT) + SUFFIX)) {
                return mode;
            }
        }
        return LockMode.EXCLUSIVE;
    }

    /// The same for one file, however its folder is spelled or mounted.
    private static Object keyOf(Path path) throws IOException {
        var key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        return Objects.requireNonNullElse(key, path.toRealPath());
    }

    @Override
    public LockMode mode() {
        return holder.mode();
    }

    /// Deletes the file first: once its OS lock can be had, a file that is there is that of a dead process. And forgets it
    /// last but one: nobody here may open the file while it is locked, but a new file may have its key when it is closed.
    @Override
    public void close() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // it stays, and is cleared away by the next one who looks, like a dead one's
        }
        HELD_HERE.remove(key, this);
        try {
            channel.close();
        } catch (IOException e) {
            // the OS lock is gone with the descriptor, whatever else could not be done
        }
    }
}
