package io.xenolith.repository;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.xenolith.engine.Progress;
import io.xenolith.engine.backup.DiskInput;
import io.xenolith.engine.backup.DisksIngest;
import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.codec.Compression;
import io.xenolith.engine.disk.DiskTarget;
import io.xenolith.engine.disk.SparseDisk;
import io.xenolith.engine.point.Consistency;
import io.xenolith.engine.point.Level;
import io.xenolith.engine.point.Machine;
import io.xenolith.engine.point.PointDisk;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.engine.restore.DiskRestore;
import io.xenolith.repository.config.Configuration;
import io.xenolith.repository.config.QuickRepositories;
import io.xenolith.repository.config.RepositoryKeys;
import io.xenolith.repository.pack.PackStream;
import io.xenolith.repository.point.Catalog;
import io.xenolith.repository.prune.PruneResult;
import io.xenolith.repository.prune.Pruner;
import io.xenolith.repository.verify.DataSelection;
import io.xenolith.repository.verify.Verification;
import io.xenolith.repository.verify.Verifier;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// Makes repositories in a place, and uses them as the command line does.
public final class RepositoryFixture {

    public static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    private static final String PASSWORD = "correct horse";

    private final RepositoryPlace place;
    private long packBytes = PackStream.PACK_BYTES;

    /// What was warned of.
    public final List<String> warnings = Collections.synchronizedList(new ArrayList<>());

    private RepositoryFixture(RepositoryPlace place) {
        this.place = place;
    }

    /// A new repository.
    public static RepositoryFixture create(RepositoryPlace place, boolean encrypted) throws Exception {
        var wanted = new Configuration("00112233445566778899aabbccddeeff", NOON, "test", new Chunking(16 << 10),
                Compression.DEFAULT, encrypted, Optional.empty());
        if (encrypted) {
            QuickRepositories.create(place.storage(), wanted, PASSWORD.toCharArray(), NOON);
        } else {
            RepositoryKeys.create(place.storage(), wanted, Optional.empty(), NOON, new SecureRandom()).close();
        }
        return new RepositoryFixture(place);
    }

    /// The repository that is there.
    public static RepositoryFixture existing(RepositoryPlace place) {
        return new RepositoryFixture(place);
    }

    /// The same, writing packs of another length from now on.
    public RepositoryFixture withPacksOf(long bytes) {
        packBytes = bytes;
        return this;
    }

    public Repository open() throws Exception {
        return open(PASSWORD);
    }

    public Repository open(String password) throws Exception {
        var keys = RepositoryKeys.open(place.storage(), () -> Optional.of(password.toCharArray()));
        return new Repository(place, keys, new SecureRandom(), warnings::add, packBytes);
    }

    /// A full of one disk called `xvda`.
    public RestorePoint full(String vm, SparseDisk disk) throws Exception {
        return backup(vm, NOON, new DiskInput.Whole("xvda", disk));
    }

    public RestorePoint backup(String vm, Instant time, DiskInput... disks) throws Exception {
        try (var repository = open(); var session = repository.beginBackup()) {
            var ingested = new DisksIngest(session, 2, Progress.NONE, new Random(7)).ingest(List.of(disks));
            session.flush();
            var point = new RestorePoint(Catalog.newId(new SecureRandom()), Machine.named(vm), time, Level.FULL,
                    Consistency.CRASH, ingested, List.of(), List.of(), List.of(), List.of(), Optional.empty(), 0.5, "test");
            repository.catalog().add(point);
            return point;
        }
    }

    /// Prunes as `xenolith prune` does when retention decides to remove `removed`.
    public PruneResult prune(double threshold, RestorePoint... removed) throws Exception {
        try (var repository = open()) {
            var ids = Arrays.stream(removed).map(RestorePoint::id).toList();
            var points = repository.catalog().all().points();
            var pruner = new Pruner(repository, threshold, Progress.NONE);
            return pruner.prune(pruner.plan(points.stream().filter(point -> ids.contains(point.id())).toList(),
                    points.stream().filter(point -> !ids.contains(point.id())).toList()));
        }
    }

    public List<RestorePoint> points() throws Exception {
        try (var repository = open()) {
            return repository.catalog().all().points();
        }
    }

    public Verification verify(DataSelection selection) throws Exception {
        try (var repository = open()) {
            return new Verifier(repository, 2, Progress.NONE).verify(repository.catalog().all().points(), selection, NOON);
        }
    }

    /// Restores every disk of a point and compares it with what it was.
    public void assertRestores(RestorePoint point, SparseDisk... expected) throws Exception {
        try (var repository = open()) {
            for (int i = 0; i < expected.length; i++) {
                assertEqual(expected[i], restore(repository, point.disks().get(i)));
            }
        }
    }

    public static SparseDisk restore(Repository repository, PointDisk disk) throws Exception {
        var restored = new SparseDisk(disk.size());
        new DiskRestore(repository.chunks(), repository.chunks(), repository.identity(), 2, Progress.NONE)
                .restore(disk.root(), new SparseDiskTarget(restored));
        return restored;
    }

    public static void assertEqual(SparseDisk expected, SparseDisk actual) {
        assertEquals(expected.size(), actual.size());
        for (long at = 0; at < expected.size(); at += 1 << 20) {
            int length = (int) Math.min(1 << 20, expected.size() - at);
            assertArrayEquals(expected.bytes(at, length), actual.bytes(at, length), "from byte " + at);
        }
    }

    /// A disk of `size` bytes with data of all kinds, zeros and holes.
    public static SparseDisk randomDisk(Random random, int size) {
        var disk = new SparseDisk(size);
        for (int at = 0; at < size; at += at % 1_000_000 == 700_000 ? 300_000 : 100_000) {
            var bytes = new byte[60_000];
            if (random.nextBoolean()) {
                random.nextBytes(bytes);
            } else {
                for (int i = 0; i < bytes.length; i++) {
                    bytes[i] = (byte) "the quick brown fox %d".formatted(at).charAt(i % 20);
                }
            }
            disk.write(at, bytes);
        }
        return disk;
    }

    private record SparseDiskTarget(SparseDisk disk) implements DiskTarget {
        @Override
        public boolean sequential() {
            return false;
        }

        @Override
        public boolean needsZeros() {
            return false;
        }

        @Override
        public void write(long offset, ByteBuffer bytes) {
            var copy = new byte[bytes.remaining()];
            bytes.get(copy);
            synchronized (disk) {
                disk.write(offset, copy);
            }
        }

        @Override
        public void commit() {
        }

        @Override
        public void close() {
        }
    }
}
