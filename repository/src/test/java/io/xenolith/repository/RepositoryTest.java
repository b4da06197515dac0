package io.xenolith.repository;

import static io.xenolith.repository.RepositoryFixture.NOON;
import static io.xenolith.repository.RepositoryFixture.randomDisk;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Progress;
import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.engine.backup.ChangesSince;
import io.xenolith.engine.backup.DiskInput;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.repository.prune.PruneResult;
import io.xenolith.repository.prune.Pruner;
import io.xenolith.repository.report.Reporter;
import io.xenolith.repository.verify.DataSelection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A repository in a directory, from backup to restore.
@ExtendWith(SeedExtension.class)
class RepositoryTest {

    private static final int SIZE = 9_000_001;

    @TempDir
    private Path root;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatWasBackedUpIsRestored(boolean encrypted, Seed seed) throws Exception {
        var fixture = RepositoryFixture.create(RepositoryPlace.directory(root), encrypted);
        var disk = randomDisk(seed.random(), SIZE);
        var point = fixture.full("web", disk);
        fixture.assertRestores(point, disk);
        assertTrue(fixture.verify(new DataSelection.All()).ok());
        assertEquals(List.of(), fixture.warnings);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theSameDiskAgainStoresNothing(boolean encrypted, Seed seed) throws Exception {
        var fixture = RepositoryFixture.create(RepositoryPlace.directory(root), encrypted);
        var disk = randomDisk(seed.random(), SIZE);
        var first = fixture.full("web", disk).disks().getFirst();
        var again = fixture.full("other", disk).disks().getFirst();
        assertEquals(first.root(), again.root());
        assertTrue(first.bytesNew() > 0 && first.bytesStored() > 0);
        assertEquals(0, again.bytesNew());
        assertEquals(0, again.bytesStored());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aLostIndexAndLostSegmentsCostARebuildOnly(boolean encrypted, Seed seed) throws Exception {
        var fixture = RepositoryFixture.create(RepositoryPlace.directory(root), encrypted);
        var disk = randomDisk(seed.random(), SIZE);
        var point = fixture.full("web", disk);
        deleteTree(root.resolve("index"));
        fixture.assertRestores(point, disk);
        deleteTree(root.resolve("index"));
        deleteTree(root.resolve("segments"));
        fixture.assertRestores(point, disk);
        assertEquals(0, fixture.full("web", disk).disks().getFirst().bytesNew());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void pruningKeepsWhatStaysAndFreesTheRest(boolean encrypted, Seed seed) throws Exception {
        var fixture = RepositoryFixture.create(RepositoryPlace.directory(root), encrypted);
        var random = seed.random();
        var disk = randomDisk(random, SIZE);
        var first = fixture.full("web", disk.copy());
        var other = randomDisk(random, SIZE);
        var second = fixture.full("db", other);
        // given a day on which most of the first disk is overwritten
        var day = new byte[SIZE / 5 * 4];
        random.nextBytes(day);
        disk.write(0, day);
        var changes = new ChangesSince(first.disks().getFirst().root(), Extents.of(new Extent(0, day.length)));
        var third = fixture.backup("web", NOON.plusSeconds(86400), new DiskInput.Changed("xvda", disk, changes));
        // when the first day goes
        long before = packBytes();
        var result = prune(fixture, List.of(first), List.of(second, third));
        // then it has given its bytes back, and the others are whole
        assertTrue(result.freedBytes() > SIZE / 10, result.toString());
        assertEquals(before - result.freedBytes(), packBytes(), 200_000);
        fixture.assertRestores(second, other);
        fixture.assertRestores(third, disk);
        assertTrue(fixture.verify(new DataSelection.All()).ok());
        // and pruning again finds nothing to do
        var again = prune(fixture, List.of(), List.of(second, third));
        assertEquals(0, again.rewrittenBytes());
        // and a lost index makes no difference
        deleteTree(root.resolve("index"));
        fixture.assertRestores(third, disk);
        assertEquals(List.of(), fixture.warnings);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theReportTellsWhatIsSharedAndWhatIsNot(boolean encrypted, Seed seed) throws Exception {
        var fixture = RepositoryFixture.create(RepositoryPlace.directory(root), encrypted);
        var disk = randomDisk(seed.random(), SIZE);
        fixture.full("web", disk);
        fixture.full("twin", disk);
        var lone = randomDisk(seed.random(1), SIZE);
        fixture.full("lone", lone);
        try (var repository = fixture.open()) {
            var report = new Reporter(repository).report(fixture.points());
            assertEquals(3L * SIZE, report.virtualBytes());
            assertTrue(report.logicalBytes() < report.virtualBytes());
            assertEquals(3, report.vms().size());
            var byName = report.vms().stream().sorted(Comparator.comparing(vm -> vm.vm())).toList();
            assertEquals(0, byName.get(1).freedBytes(), 3, "twin shares all with web");
            assertEquals(0, byName.get(2).freedBytes(), 3);
            assertEquals(byName.get(1).uniqueBytes(), byName.get(2).uniqueBytes());
            assertTrue(byName.get(0).freedBytes() > 0);
            assertTrue(report.uniqueBytes() <= byName.get(0).uniqueBytes() + byName.get(1).uniqueBytes());
            assertTrue(report.uniqueBytes() > byName.get(1).uniqueBytes());
            assertTrue(report.dedupRatio() > 1.2 && report.compressionRatio() > 1);
            assertTrue(report.unneededBytes() < 20_000, report.toString());
        }
    }

    private PruneResult prune(RepositoryFixture fixture, List<RestorePoint> removed, List<RestorePoint> kept)
            throws Exception {
        try (var repository = fixture.open()) {
            var pruner = new Pruner(repository, Pruner.DEFAULT_LIVE_THRESHOLD, Progress.NONE);
            var plan = pruner.plan(removed, kept);
            return pruner.prune(plan);
        }
    }

    private long packBytes() throws IOException {
        try (var files = Files.walk(root.resolve("packs"))) {
            return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
        }
    }

    static void deleteTree(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
        assertFalse(Files.exists(folder));
    }
}
