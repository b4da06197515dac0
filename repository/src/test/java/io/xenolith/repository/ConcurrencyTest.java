package io.xenolith.repository;

import static io.xenolith.repository.RepositoryFixture.NOON;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Progress;
import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.engine.backup.DiskInput;
import io.xenolith.engine.backup.DisksIngest;
import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.disk.SparseDisk;
import io.xenolith.engine.parallel.Crew;
import io.xenolith.engine.point.Consistency;
import io.xenolith.engine.point.Level;
import io.xenolith.engine.point.Machine;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.repository.index.ChunkIndex;
import io.xenolith.repository.pack.PackKind;
import io.xenolith.repository.point.Catalog;
import io.xenolith.repository.storage.FaultyStorage;
import io.xenolith.repository.storage.MemoryStorage;
import io.xenolith.repository.storage.Storage;
import io.xenolith.repository.write.BackupSession;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Several at once: sessions, repositories, openings of the index.
@ExtendWith(SeedExtension.class)
class ConcurrencyTest {

    private static final int SIZE = 1_500_000;

    @TempDir
    private Path folder;

    private final MemoryStorage storage = new MemoryStorage();
    private final Kept kept = new Kept();
    private RepositoryFixture fixture;

    @BeforeEach
    void makeRepository() throws Exception {
        fixture = RepositoryFixture.create(place(storage), false).withPacksOf(256 << 10);
    }

    private RepositoryPlace place(Storage storage) {
        return new RepositoryPlace(storage, null, folder.resolve("index").resolve("rocksdb"));
    }

    /// Disks of which each has its own bytes in the middle of bytes that all have.
    private static List<SparseDisk> similarDisks(int count, Random random) {
        var common = RepositoryFixture.randomDisk(random, SIZE);
        var disks = new ArrayList<SparseDisk>();
        for (int i = 0; i < count; i++) {
            var own = new byte[100_000];
            random.nextBytes(own);
            var disk = common.copy();
            disk.write(700_000, own);
            disks.add(disk);
        }
        return disks;
    }

    private static RestorePoint backup(Repository repository, BackupSession session, String vm, SparseDisk disk)
            throws IOException, InterruptedException {
        var ingested = new DisksIngest(session, 2, Progress.NONE, new Random(7))
                .ingest(List.of(new DiskInput.Whole("xvda", disk)));
        session.flush();
        var point = new RestorePoint(Catalog.newId(new SecureRandom()), Machine.named(vm), NOON, Level.FULL,
                Consistency.CRASH, ingested, List.of(), List.of(), List.of(), List.of(), Optional.empty(), 0.5, "test");
        repository.catalog().add(point);
        return point;
    }

    private void keepAll(List<RestorePoint> points, List<SparseDisk> disks) {
        for (int i = 0; i < points.size(); i++) {
            kept.add(points.get(i), disks.get(i));
        }
    }

    @Test
    void machinesOfOneSessionStoreWhatTheyShareOnce(Seed seed) throws Exception {
        var disks = similarDisks(3, seed.random());
        try (var repository = fixture.open(); var session = repository.beginBackup()) {
            var tasks = new ArrayList<Callable<RestorePoint>>();
            for (int i = 0; i < disks.size(); i++) {
                var vm = "vm" + i;
                var disk = disks.get(i);
                tasks.add(() -> backup(repository, session, vm, disk));
            }
            keepAll(Crew.all("vm", 3, tasks), disks);
        }
        kept.assertAllThere(fixture);
        assertEquals(0, fixture.prune(1).rewrittenBytes(), "nothing is there twice");
    }

    @Test
    void sessionsOfTwoRepositoriesMayStoreTheSameTwice(Seed seed) throws Exception {
        var disks = similarDisks(3, seed.random());
        var tasks = new ArrayList<Callable<RestorePoint>>();
        for (int i = 0; i < disks.size(); i++) {
            var vm = "vm" + i;
            var disk = disks.get(i);
            tasks.add(() -> {
                try (var repository = fixture.open(); var session = repository.beginBackup()) {
                    return backup(repository, session, vm, disk);
                } catch (IOException | RuntimeException e) {
                    throw e;
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
        }
        keepAll(Crew.all("vm", 3, tasks), disks);
        kept.assertAllThere(fixture);
        var result = fixture.prune(1);
        kept.assertAllThere(fixture);
        assertTrue(result.freedBytes() >= 0, result.toString());
        assertEquals(0, fixture.prune(1).rewrittenBytes());
        kept.assertAllThere(fixture);
    }

    @Test
    void aFlushStoresWhatAnotherDiskHasClaimed(Seed seed) throws Exception {
        var chunk = new byte[20_000];
        seed.random().nextBytes(chunk);
        ChunkId id;
        ChunkId node;
        try (var repository = fixture.open(); var session = repository.beginBackup()) {
            id = session.identity().newHasher().id(chunk);
            // given a disk that has claimed a chunk and a node, and gets no further
            var slow = session.beginDisk();
            slow.newSink().write(id, chunk, 0, chunk.length);
            node = slow.writeNode(new byte[] {1, 2, 3});
            // when another disk has the same and is committed
            var quick = session.beginDisk();
            var sink = quick.newSink();
            sink.write(id, chunk, 0, chunk.length);
            sink.flush();
            quick.writeNode(new byte[] {1, 2, 3});
            quick.flushNodes();
            session.flush();
            assertEquals(0, quick.bytesNew());
            assertTrue(slow.bytesStored() > chunk.length);
        }
        // then both are there
        try (var repository = fixture.open()) {
            assertTrue(repository.index().contains(PackKind.DATA, id));
            assertTrue(repository.index().contains(PackKind.MAP, node));
        }
    }

    @Test
    void afterAnyFailureToStoreAFrameNoFlushSucceeds(Seed seed) throws Exception {
        var chunk = new byte[20_000];
        seed.random().nextBytes(chunk);
        for (int mutation = 1; mutation <= 6; mutation++) {
            var faulty = new FaultyStorage(storage).failAt(mutation);
            try (var repository = RepositoryFixture.existing(place(faulty)).open();
                    var session = repository.beginBackup()) {
                var sink = session.beginDisk().newSink();
                sink.write(session.identity().newHasher().id(chunk), chunk, 0, chunk.length);
                assertThrows(IOException.class, session::flush);
                assertThrows(IOException.class, session::flush, "the chunk was lost by mutation " + mutation);
            }
            storage.list("packs/").forEach(pack -> storage.delete(pack.name()));
        }
    }

    @Test
    void theIndexIsOpenedWhileOthersUpdateAndDeleteIt(Seed seed) throws Exception {
        var disks = similarDisks(4, seed.random());
        var tasks = new ArrayList<Callable<RestorePoint>>();
        for (int i = 0; i < disks.size(); i++) {
            var vm = "vm" + i;
            var disk = disks.get(i);
            tasks.add(() -> {
                try {
                    for (int again = 0; again < 3; again++) {
                        fixture.open().close();
                        try (var repository = fixture.open()) {
                            repository.index().packs();
                        }
                    }
                    if (vm.equals("vm0")) {
                        ChunkIndex.delete(place(storage).index());
                    }
                    return fixture.full(vm, disk);
                } catch (IOException | RuntimeException e) {
                    throw e;
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
        }
        keepAll(Crew.all("vm", 4, tasks), disks);
        kept.assertAllThere(fixture);
        assertEquals(List.of(), fixture.warnings);
    }

    @Test
    void anIndexThatWasMadeAnewMeanwhileIsRefreshed(Seed seed) throws Exception {
        var disks = similarDisks(3, seed.random());
        var points = new ArrayList<RestorePoint>();
        for (var disk : disks) {
            points.add(fixture.full("vm" + points.size(), disk));
        }
        keepAll(points, disks);
        try (var repository = fixture.open()) {
            for (var point : points) {
                RepositoryFixture.restore(repository, point.disks().getFirst()); // its tables and frames are cached now
            }
            // when packs get other numbers
            storage.delete(storage.list("packs/data/").getFirst().name());
            ChunkIndex.delete(place(storage).index());
            storage.list("segments/").forEach(segment -> storage.delete(segment.name()));
            repository.index().refresh();
            for (var pack : repository.index().packs()) {
                assertEquals(pack.id(), repository.index().table(pack.number()).pack());
            }
            for (var point : points) {
                try {
                    RepositoryFixture.assertEqual(kept.disk(point),
                            RepositoryFixture.restore(repository, point.disks().getFirst()));
                } catch (IOException e) {
                    assertFalse(e.getMessage().contains("not what its id says"), e.getMessage());
                }
            }
        }
    }
}
