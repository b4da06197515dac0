package io.xenolith.repository;

import static io.xenolith.repository.RepositoryFixture.NOON;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.engine.backup.ChangesSince;
import io.xenolith.engine.backup.DiskInput;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import io.xenolith.engine.disk.SparseDisk;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.repository.report.ReportModel;
import io.xenolith.repository.report.Reporter;
import io.xenolith.repository.storage.MemoryStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Random histories of machines, against what their disks were.
@ExtendWith(SeedExtension.class)
class HistoryTest {

    private static final int SIZE = 14_000_000;
    private static final int[] USED = {0, 5_000_000, 13_500_000}; // in slots of their own, between holes
    private static final int USED_BYTES = 200_000;
    private static final double[] THRESHOLDS = {0, 0.3, 0.5, 0.9, 1};

    @TempDir
    private Path folder;

    private final MemoryStorage storage = new MemoryStorage();
    private final Kept kept = new Kept();
    private final List<RestorePoint> points = new ArrayList<>();
    private final Map<String, SparseDisk> disks = new TreeMap<>();
    private RepositoryFixture fixture;
    private Instant now = NOON;

    private void makeRepository(long packBytes, boolean encrypted) throws Exception {
        var place = new RepositoryPlace(storage, null, folder.resolve("index").resolve("rocksdb"));
        fixture = RepositoryFixture.create(place, encrypted).withPacksOf(packBytes);
    }

    private void full(String vm, Random random) throws Exception {
        var disk = disks.computeIfAbsent(vm, _ -> template(random));
        change(disk, random);
        now = now.plusSeconds(3600);
        keep(fixture.backup(vm, now, new DiskInput.Whole("xvda", disk)), disk);
    }

    /// Machines begin as copies of each other, as far as there are others.
    private SparseDisk template(Random random) {
        if (!disks.isEmpty() && random.nextInt(3) > 0) {
            return disks.values().iterator().next().copy();
        }
        var disk = new SparseDisk(SIZE);
        for (int at : USED) {
            disk.write(at, RepositoryFixture.randomDisk(random, USED_BYTES).bytes(0, USED_BYTES));
        }
        return disk;
    }

    private static Extent change(SparseDisk disk, Random random) {
        var bytes = new byte[1 + random.nextInt(USED_BYTES)];
        if (random.nextInt(4) > 0) {
            random.nextBytes(bytes);
        }
        int at = USED[random.nextInt(USED.length)] + random.nextInt(1 + USED_BYTES - bytes.length);
        disk.write(at, bytes);
        return new Extent(at, bytes.length);
    }

    private void increment(RestorePoint base, Random random) throws Exception {
        var disk = kept.disk(base).copy();
        var changed = change(disk, random);
        disks.put(base.vm(), disk);
        now = now.plusSeconds(3600);
        var changes = new ChangesSince(base.disks().getFirst().root(), Extents.of(changed));
        keep(fixture.backup(base.vm(), now, new DiskInput.Changed("xvda", disk, changes)), disk);
    }

    private void keep(RestorePoint point, SparseDisk disk) {
        points.add(point);
        kept.add(point, disk);
    }

    private void prune(Random random) throws Exception {
        var removed = points.stream().filter(_ -> random.nextInt(3) == 0).toArray(RestorePoint[]::new);
        for (var point : removed) {
            points.remove(point);
            kept.remove(point);
        }
        double threshold = THRESHOLDS[random.nextInt(THRESHOLDS.length)];
        long before = stored();
        var result = fixture.prune(threshold, removed);
        assertEquals(before - stored(), result.freedBytes());
        assertEquals(List.of(), result.notes());
        kept.assertAllThere(fixture);
        var again = fixture.prune(threshold);
        assertEquals(0, again.freedBytes(), "pruning again with a threshold of " + threshold);
        assertEquals(0, again.rewrittenBytes());
        if (threshold == 1) {
            assertNothingUnneeded();
        }
    }

    private long stored() throws IOException {
        long bytes = 0;
        for (var folder : List.of("packs/", "segments/", "points/")) {
            bytes += storage.list(folder).stream().mapToLong(object -> object.size()).sum();
        }
        return bytes;
    }

    private void assertNothingUnneeded() throws Exception {
        try (var repository = fixture.open()) {
            assertTrue(new Reporter(repository).report(points).unneededBytes() <= 1);
        }
    }

    private void assertReportIsRight() throws Exception {
        try (var repository = fixture.open()) {
            new ReportModel(repository, points).assertEquals(new Reporter(repository).report(points));
        }
    }

    @RepeatedTest(3)
    void whateverHappensWhatIsKeptIsRestoredAndReported(Seed seed) throws Exception {
        var random = seed.random();
        makeRepository(random.nextBoolean() ? 64 << 20 : 200_000, random.nextBoolean());
        for (int step = 0; step < 14; step++) {
            switch (points.isEmpty() ? 0 : random.nextInt(6)) {
                case 0, 1 -> full("vm" + random.nextInt(4), random);
                case 2, 3 -> increment(points.get(random.nextInt(points.size())), random);
                case 4 -> keep(fixture.backup("twin", now = now.plusSeconds(60),
                        new DiskInput.Whole("xvda", kept.disk(points.getFirst()))), kept.disk(points.getFirst()));
                default -> prune(random);
            }
            assertReportIsRight();
        }
        prune(random);
        assertReportIsRight();
        kept.assertAllThere(fixture);
        assertEquals(List.of(), fixture.warnings);
    }

    @Test
    void manySmallPacksBecomeOne(Seed seed) throws Exception {
        makeRepository(64 << 20, false);
        for (int i = 0; storage.list("packs/data/").size() < 16; i++) {
            full("web", seed.random(i)); // a disk without data adds no data pack
        }
        var result = fixture.prune(0);
        assertTrue(result.rewrittenBytes() > 0);
        assertEquals(1, storage.list("packs/data/").size());
        assertEquals(1, storage.list("packs/map/").size());
        assertEquals(1, storage.list("segments/").size());
        kept.assertAllThere(fixture);
        assertEquals(0, fixture.prune(0).rewrittenBytes());
    }

    @Test
    void nothingIsDeletedWhileAnythingNeededIsMissing(Seed seed) throws Exception {
        makeRepository(200_000, false);
        var random = seed.random();
        full("web", random);
        full("web", random);
        full("db", random);
        var whole = Kept.snapshot(storage);
        for (var name : whole.keySet()) {
            if (!name.startsWith("packs/")) {
                continue;
            }
            storage.delete(name);
            var removed = points.getFirst();
            // a pack that the removed point needs alone is no obstacle
            boolean needed = isNeeded(removed);
            var left = Kept.snapshot(storage).keySet();
            if (needed) {
                var failure = assertThrows(IOException.class, () -> fixture.prune(1, removed));
                assertTrue(failure.getMessage().contains("xenolith verify"), failure.getMessage());
                assertEquals(left, Kept.snapshot(storage).keySet());
            }
            storage.put(name, whole.get(name));
        }
        kept.assertAllThere(fixture);
    }

    private boolean isNeeded(RestorePoint removed) throws Exception {
        try (var repository = fixture.open()) {
            for (var point : points) {
                if (!point.equals(removed)) {
                    RepositoryFixture.restore(repository, point.disks().getFirst());
                }
            }
            return false;
        } catch (IOException _) {
            return true;
        }
    }
}
