package io.xenolith.repository.lock;

import io.xenolith.repository.storage.FileMutex;
import io.xenolith.repository.storage.LocalFailures;
import io.xenolith.repository.storage.OwnerOnly;
import io.xenolith.repository.storage.StorageReadOnlyException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Locks as files in the folder `locks/` of a local repository. The package's page tells how they work.
public final class LocalLocks implements Locks {

    private static final long FIRST_PAUSE_MILLIS = 50;
    private static final long LONGEST_PAUSE_MILLIS = 1000;

    private final Path root;
    private final Path folder;
    private final Path mutex;

    /// @param root the repository's directory
    public LocalLocks(Path root) {
        this.root = root.toAbsolutePath().normalize();
        this.folder = this.root.resolve("locks");
        this.mutex = folder.resolve("mutex");
    }

    @Override
    public RepositoryLock acquire(LockMode mode, LockOwner owner, Duration wait, LockListener whileWaiting)
            throws IOException, InterruptedException {
        long start = System.nanoTime();
        long waitNanos = TimeUnit.NANOSECONDS.convert(wait);
        long pauseMillis = FIRST_PAUSE_MILLIS;
        for (boolean waiting = false; ; waiting = true) {
            var attempt = attempt(mode, owner, whileWaiting);
            switch (attempt) {
                case Attempt.Granted(var lock) -> {
                    return lock;
                }
                case Attempt.Refused(var holders) -> {
                    long leftNanos = waitNanos - (System.nanoTime() - start);
                    if (leftNanos <= 0) {
                        var waited = Duration.ofNanos(System.nanoTime() - start);
                        throw new RepositoryLockedException(root.toString(), mode, waited, holders);
                    }
                    if (!waiting) {
                        whileWaiting.waiting(holders);
                    }
                    TimeUnit.NANOSECONDS.sleep(Math.min(leftNanos, TimeUnit.MILLISECONDS.toNanos(pauseMillis)));
                    pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
                }
            }
        }
    }

    private sealed interface Attempt {
        record Granted(RepositoryLock lock) implements Attempt {}

        record Refused(List<LockHolder> inTheWay) implements Attempt {}
    }

    private Attempt attempt(LockMode mode, LockOwner owner, LockListener listener)
            throws IOException, InterruptedException {
        var dead = new ArrayList<LockHolder>();
        try {
            return attempt(mode, owner, dead);
        } catch (ClosedByInterruptException | FileLockInterruptionException e) {
            Thread.interrupted();
            throw new InterruptedException("interrupted while taking a lock on " + root);
        } catch (IOException e) {
            var explained = LocalFailures.writing(e, "taking a lock in locks/", root);
            if (mode == LockMode.READ && explained instanceof StorageReadOnlyException) {
                return new Attempt.Granted(new Unrecorded());
            }
            throw explained;
        } finally {
            dead.forEach(listener::cleared);
        }
    }

    private Attempt attempt(LockMode mode, LockOwner owner, List<LockHolder> dead) throws IOException {
        Files.createDirectories(folder, OwnerOnly.folder(folder));
        try (var _ = FileMutex.enter(mutex)) {
            var inTheWay = clear(dead).stream()
                    .filter(holder -> holder.mode().conflictsWith(mode))
                    .toList();
            return inTheWay.isEmpty()
                    ? new Attempt.Granted(LockFile.take(folder, LockHolder.of(owner, mode)))
                    : new Attempt.Refused(inTheWay);
        }
    }

    /// Returns who lives, and removes the files of the dead, who are added to `dead`.
    private List<LockHolder> clear(List<LockHolder> dead) throws IOException {
        var alive = new ArrayList<LockHolder>();
        for (var file : lockFiles()) {
            switch (LockFile.inspect(file)) {
                case LockFile.Finding.Alive(var holder) -> alive.add(holder);
                case LockFile.Finding.Dead(var holder) -> remove(file, holder, dead);
                case LockFile.Finding.Gone() -> {}
            }
        }
        return alive;
    }

    private static void remove(Path file, LockHolder holder, List<LockHolder> dead) {
        try {
            if (Files.deleteIfExists(file)) { // if it is gone, its holder gave it back in this moment
                dead.add(holder);
            }
        } catch (IOException e) {
            // it is in nobody's way; the next one who may delete it does
        }
    }

    private List<Path> lockFiles() throws IOException {
        var found = new ArrayList<Path>();
        try (var files = Files.newDirectoryStream(folder, "*" + LockFile.SUFFIX)) {
            for (var file : files) {
                if (Files.isRegularFile(file)) {
                    found.add(file);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return found;
    }

    @Override
    public List<LockHolder> holders() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of(); // nobody ever took a lock here
        }
        try (var _ = FileMutex.enter(mutex)) {
            return alive();
        } catch (IOException e) {
            var explained = LocalFailures.reading(e, "listing locks/", root);
            if (explained instanceof StorageReadOnlyException) {
                return alive(); // who may not enter takes no locks either, so no file is one that this JVM is just taking
            }
            throw explained;
        }
    }

    private List<LockHolder> alive() throws IOException {
        var alive = new ArrayList<LockHolder>();
        for (var file : lockFiles()) {
            if (LockFile.inspect(file) instanceof LockFile.Finding.Alive(var holder)) {
                alive.add(holder);
            }
        }
        alive.sort(Comparator.comparing(LockHolder::since));
        return alive;
    }

    /// Reading where nothing can be written. Whoever deletes there does so from elsewhere, and reads fail with a
    /// missing object then; that is better than not to be able to restore from read-only media.
    private record Unrecorded() implements RepositoryLock {
        @Override
        public LockMode mode() {
            return LockMode.READ;
        }

        @Override
        public void close() {}
    }
}
