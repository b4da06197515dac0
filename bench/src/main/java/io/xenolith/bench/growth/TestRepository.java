package io.xenolith.bench.growth;

import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.codec.Compression;
import io.xenolith.engine.point.Consistency;
import io.xenolith.engine.point.Level;
import io.xenolith.engine.point.Machine;
import io.xenolith.engine.point.PointDisk;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.repository.Repository;
import io.xenolith.repository.RepositoryPlace;
import io.xenolith.repository.config.Configuration;
import io.xenolith.repository.config.RepositoryKeys;
import io.xenolith.repository.point.Catalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Real repositories in a folder.
final class TestRepository {

    private static final Instant FIRST_NIGHT = Instant.parse("2026-01-01T00:00:00Z");
    private static final long NIGHT_SECONDS = 24 * 60 * 60;

    private TestRepository() {
    }

    /// What opens those that are encrypted.
    static final String PASSWORD = "growth";

    /// Opens the repository in `folder`, which is made without encryption if it is not there.
    static Repository open(Path folder) throws IOException {
        return open(folder, Optional.empty());
    }

    /// Opens the repository in `folder`, which is made with encryption if it is not there.
    static Repository openEncrypted(Path folder) throws IOException {
        return open(folder, Optional.of(PASSWORD.toCharArray()));
    }

    private static Repository open(Path folder, Optional<char[]> password) throws IOException {
        var random = new SecureRandom();
        RepositoryKeys keys;
        RepositoryPlace place;
        if (Files.exists(folder)) {
            place = RepositoryPlace.directory(folder);
            keys = RepositoryKeys.open(place.storage(), () -> password);
        } else {
            place = RepositoryPlace.newDirectory(folder);
            var wanted = new Configuration("00112233445566778899aabbccddeeff", Instant.EPOCH, "bench", Chunking.DEFAULT,
                    Compression.DEFAULT, false, Optional.empty());
            keys = RepositoryKeys.create(place.storage(), wanted, password, Instant.EPOCH, random);
        }
        return new Repository(place, keys, random, message -> System.err.println("warning: " + message));
    }

    /// Adds the point of the `night`-th night, from 0 on, of a machine with one disk.
    static RestorePoint addPoint(Repository repository, String vm, int night, PointDisk disk) throws IOException {
        var point = new RestorePoint(Catalog.newId(repository.random()), Machine.named(vm),
                FIRST_NIGHT.plusSeconds(night * NIGHT_SECONDS), night == 0 ? Level.FULL : Level.INC, Consistency.CRASH,
                List.of(disk), List.of(), List.of(), List.of(), List.of(), Optional.empty(), 1, "bench");
        repository.catalog().add(point);
        return point;
    }

    /// Bytes of the packs of a kind, `data` or `map`.
    static long packBytes(Path folder, String kind) throws IOException {
        var packs = folder.resolve("packs").resolve(kind);
        return Files.exists(packs) ? Run.bytesIn(packs) : 0;
    }
}
