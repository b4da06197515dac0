package io.xenolith.bench;

import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.codec.Compression;
import io.xenolith.repository.Repository;
import io.xenolith.repository.RepositoryPlace;
import io.xenolith.repository.config.Configuration;
import io.xenolith.repository.config.RepositoryKeys;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/// New repositories in folders of a file system in memory, where there is one (`/dev/shm`), so that no disk is measured. All
/// have the keys of the first: to make keys from a password takes a second on purpose.
final class Repositories implements Closeable {

    private static final Path MEMORY = Path.of("/dev/shm");

    private final Path root;
    private final SecureRandom random = new SecureRandom();
    private final RepositoryKeys keys;
    private int count;

    Repositories(boolean encrypted) throws IOException {
        root = Files.isWritable(MEMORY) ? Files.createTempDirectory(MEMORY, "xenolith-bench")
                : Files.createTempDirectory("xenolith-bench");
        var wanted = new Configuration("00112233445566778899aabbccddeeff", Instant.EPOCH, "bench", Chunking.DEFAULT,
                Compression.DEFAULT, encrypted, Optional.empty());
        keys = RepositoryKeys.create(RepositoryPlace.newDirectory(root.resolve("keys")).storage(), wanted,
                encrypted ? Optional.of("bench".toCharArray()) : Optional.empty(), Instant.EPOCH, random);
    }

    /// An empty one with its index open.
    Repository newOne() throws IOException {
        var place = RepositoryPlace.newDirectory(root.resolve(Integer.toString(count++)));
        var repository = new Repository(place, keys, random, warning -> {
            throw new IllegalStateException(warning);
        });
        repository.index();
        return repository;
    }

    /// Closes and removes one, but for the keys.
    void remove(Repository repository) throws Exception {
        repository.index().close();
        repository.storage().close();
        delete(repository.place().index().getParent().getParent());
    }

    static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Override
    public void close() throws IOException {
        try (keys) {
            delete(root);
        }
    }
}
