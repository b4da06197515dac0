package io.xenolith.cli;

import io.xenolith.engine.Progress;
import io.xenolith.engine.crypto.NativeCrypto;
import io.xenolith.engine.point.PointFile;
import io.xenolith.engine.point.PointPart;
import io.xenolith.engine.restore.DiskRestore;
import io.xenolith.engine.restore.MappedDisk;
import io.xenolith.repository.Repository;
import io.xenolith.repository.RepositoryPlace;
import io.xenolith.repository.config.Configurations;
import io.xenolith.repository.config.RepositoryKeys;
import io.xenolith.repository.index.ChunkIndex;
import io.xenolith.repository.lock.LockHolder;
import io.xenolith.repository.lock.LockListener;
import io.xenolith.repository.lock.LockMode;
import io.xenolith.repository.lock.LockOwner;
import io.xenolith.repository.lock.RepositoryLock;
import io.xenolith.source.raw.StreamTarget;
import io.xenolith.source.xva.Ova;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// A repository that is unlocked, and locked against those who would be in the way.
///
/// @param repository what the command works on
/// @param random     cryptographically strong
public record OpenRepository(Repository repository, RepositoryLock lock, SecureRandom random) implements Closeable {

    /// The commands that look for chunks in any case.
    private static final Set<String> READING_CHUNKS =
            Set.of("backup", "import", "restore", "verify", "prune", "report", "diff", "files", "serve");

    /// The password comes before the lock: nobody shall wait for somebody who is typing.
    public static OpenRepository open(Invocation run, LockMode mode, String command) throws IOException, InterruptedException {
        var place = RepositoryPlace.directory(run.repositoryPath());
        new Configurations(place.storage()).read(); // before the locks, which would make the directory
        if (READING_CHUNKS.contains(command)) {
            prepareLibraries();
        }
        var keys = RepositoryKeys.open(place.storage(), run.passwords());
        try {
            var owner = LockOwner.thisProcess(command);
            var lock = place.locks().acquire(mode, owner, run.options().lockWait, new Listener(run));
            var random = new SecureRandom();
            return new OpenRepository(new Repository(place, keys, random, run::warn), lock, random);
        } catch (Throwable e) {
            keys.close();
            throw e;
        }
    }

    /// Deriving the key takes one processor a quarter of a second, in which another can load libraries.
    private static void prepareLibraries() {
        var thread = Thread.ofPlatform().daemon().name("prepare").unstarted(() -> {
            ChunkIndex.prepare();
            NativeCrypto.prepare();
        });
        thread.setUncaughtExceptionHandler((_, _) -> { }); // whoever needs them will meet the same failure
        thread.start();
    }

    /// Writes disks of restore points with all processors.
    public DiskRestore restore(Progress progress) throws IOException {
        var chunks = repository.chunks();
        return new DiskRestore(chunks, chunks, repository.identity(), Runtime.getRuntime().availableProcessors(), progress);
    }

    /// A disk or file of a restore point, to be read at any offset.
    public MappedDisk disk(PointPart part) throws IOException {
        return MappedDisk.open(repository.chunks(), repository.chunks(), part.root());
    }

    /// The content of a file that is kept beside disks, all of it in memory.
    ///
    /// @throws IOException if it is longer than any description of a machine
    public byte[] read(PointFile file) throws IOException, InterruptedException {
        if (file.size() > Ova.MAX_BYTES) {
            throw new IOException("%s has %d bytes, more than it could".formatted(file.name(), file.size()));
        }
        var bytes = new ByteArrayOutputStream((int) file.size());
        try (var target = new StreamTarget(file.name(), bytes)) {
            restore(Progress.NONE).restore(file.root(), target);
            target.commit();
        }
        return bytes.toByteArray();
    }

    @Override
    public void close() throws IOException {
        try (lock; var _ = repository.storage(); repository) {
            // in this order: the repository first, the lock last
        }
    }

    private record Listener(Invocation run) implements LockListener {
        @Override
        public void waiting(List<LockHolder> holders) {
            run.note("waiting for " + holders.stream().map(LockHolder::describe).collect(Collectors.joining(", ")));
        }

        @Override
        public void cleared(LockHolder dead) {
            run.note("cleared the lock that a dead process had left: " + dead.describe());
        }
    }
}
