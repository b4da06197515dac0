package io.xenolith.repository;

import static io.xenolith.repository.RepositoryFixture.NOON;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Progress;
import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.engine.backup.ChangesSince;
import io.xenolith.engine.backup.DiskInput;
import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.codec.Compression;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import io.xenolith.engine.disk.SparseDisk;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.repository.config.Configuration;
import io.xenolith.repository.config.RepositoryKeys;
import io.xenolith.repository.repair.PackRepair;
import io.xenolith.repository.storage.FaultyStorage;
import io.xenolith.repository.storage.MemoryStorage;
import io.xenolith.repository.storage.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The process dies, or the storage fails, at each change that an operation makes to the storage.
@ExtendWith(SeedExtension.class)
class CrashTest {

    private static final int SIZE = 1_300_000;
    private static final long PACK_BYTES = 512 << 10;
    private static final char[] PASSWORD = "battery staple".toCharArray();

    @TempDir
    private Path folder;

    private final Kept kept = new Kept();
    private Map<String, byte[]> before;
    private Set<String> beforeIncrement;
    private SparseDisk web;
    private SparseDisk changed;
    private SparseDisk other;
    private RestorePoint first;
    private RestorePoint second;

    /// What is interrupted.
    private enum Operation { FIRST_BACKUP, INCREMENT, PRUNE, REPAIR }

    @BeforeEach
    void makeRepository(Seed seed) throws Exception {
        var storage = new MemoryStorage();
        var fixture = RepositoryFixture.create(place(storage), false).withPacksOf(PACK_BYTES);
        var random = seed.random();
        web = noise(random);
        other = noise(random);
        first = fixture.full("web", web);
        changed = web.copy();
        var half = new byte[SIZE / 2];
        random.nextBytes(half);
        changed.write(600_000, half);
        beforeIncrement = Kept.snapshot(storage).keySet();
        second = fixture.backup("web", NOON.plusSeconds(60), increment(first));
        kept.add(first, web);
        kept.add(second, changed);
        before = Kept.snapshot(storage);
    }

    private static SparseDisk noise(Random random) {
        var disk = new SparseDisk(SIZE);
        var bytes = new byte[SIZE];
        random.nextBytes(bytes);
        disk.write(0, bytes);
        return disk;
    }

    private DiskInput increment(RestorePoint base) {
        return new DiskInput.Changed("xvda", changed, new ChangesSince(base.disks().getFirst().root(),
                Extents.of(new Extent(600_000, SIZE / 2))));
    }

    private RepositoryPlace place(Storage storage) {
        return new RepositoryPlace(storage, null, folder.resolve("index").resolve("rocksdb"));
    }

    private RepositoryFixture on(Storage storage) {
        return RepositoryFixture.existing(place(storage)).withPacksOf(PACK_BYTES);
    }

    private Map<String, byte[]> start(Operation operation) throws IOException {
        var objects = new TreeMap<>(before);
        switch (operation) {
            case FIRST_BACKUP, PRUNE -> { }
            case INCREMENT -> objects.keySet().retainAll(beforeIncrement);
            // a chunk of the disk is to be found damaged
            case REPAIR -> {
                var pack = objects.keySet().stream().filter(name -> name.startsWith("packs/data/"))
                        .findFirst().orElseThrow();
                var rotten = objects.get(pack).clone();
                rotten[1000] ^= 1;
                objects.put(pack, rotten);
            }
        }
        return objects;
    }

    private void run(Operation operation, RepositoryFixture fixture) throws Exception {
        switch (operation) {
            case FIRST_BACKUP -> kept.add(fixture.full("db", other), other);
            case INCREMENT -> kept.add(fixture.backup("web", NOON.plusSeconds(60), increment(first)), changed);
            case PRUNE -> fixture.prune(0.95, first);
            case REPAIR -> {
                try (var repository = fixture.open()) {
                    new PackRepair(repository, 2, Progress.NONE).repair(repository.catalog().all().points(), NOON);
                }
            }
        }
    }

    private Set<String> staying(Operation operation) {
        var ids = new HashSet<>(Set.of(first.id(), second.id()));
        switch (operation) {
            case INCREMENT -> ids.remove(second.id());
            case PRUNE -> ids.remove(first.id());
            case FIRST_BACKUP, REPAIR -> { }
        }
        return ids;
    }

    private int mutations(Operation operation) throws Exception {
        var storage = new FaultyStorage(Kept.storageWith(start(operation)));
        run(operation, on(storage));
        assertTrue(operation != Operation.PRUNE || storage.commits() > 1 && storage.deletes() > 2, "nothing was rewritten");
        return storage.mutations();
    }

    @ParameterizedTest
    @EnumSource(Operation.class)
    void aCrashLosesNothingAndTheOperationSucceedsAgain(Operation operation) throws Exception {
        int mutations = mutations(operation);
        assertTrue(mutations > 2, "nothing to interrupt");
        for (int n = 1; n <= mutations; n++) {
            var memory = Kept.storageWith(start(operation));
            var faulty = new FaultyStorage(memory);
            var failure = failure(operation, n < mutations ? faulty.crashBefore(n) : faulty.crashAfter(n));
            assertTrue(faulty.crashed() || failure == null);
            assertWholeAndRepeatable(operation, memory.reopen(), n);
        }
    }

    @ParameterizedTest
    @EnumSource(Operation.class)
    void aFailureIsToldAndLosesNothing(Operation operation) throws Exception {
        int mutations = mutations(operation);
        for (int n = 1; n <= mutations; n++) {
            var memory = Kept.storageWith(start(operation));
            var failure = failure(operation, new FaultyStorage(memory).failAt(n));
            assertNotNull(failure, "mutation %d failed, and nobody was told".formatted(n));
            assertTrue(String.valueOf(failure.getMessage()).contains("ordered failure"), failure.toString());
            assertNoThreadsLeft();
            assertWholeAndRepeatable(operation, memory, n);
        }
    }

    private Exception failure(Operation operation, FaultyStorage storage) throws Exception {
        try {
            run(operation, on(storage));
            return null;
        } catch (IOException e) {
            return e;
        }
    }

    private void assertWholeAndRepeatable(Operation operation, MemoryStorage storage, int n) throws Exception {
        try {
            if (operation != Operation.REPAIR) {
                kept.assertThere(on(storage), staying(operation));
            }
            run(operation, on(storage));
            if (operation == Operation.REPAIR) {
                on(storage).full("web", web);
                on(storage).full("web", changed);
                try (var repository = on(storage).open()) {
                    for (var point : List.of(first, second)) {
                        RepositoryFixture.assertEqual(kept.disk(point),
                                RepositoryFixture.restore(repository, point.disks().getFirst()));
                    }
                }
            } else {
                kept.assertThere(on(storage), staying(operation));
            }
            if (operation == Operation.PRUNE) {
                assertEquals(List.of(), storage.unfinished());
            }
        } catch (Exception | AssertionError e) {
            throw new AssertionError("after mutation " + n + ": " + e.getMessage(), e);
        }
    }

    private static void assertNoThreadsLeft() throws InterruptedException {
        for (var thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().matches("(seal|ingest|disk|region|verify|repair|catalog)-.*")) {
                thread.join(10_000); // it may be about to end: an executor is closed a moment before its threads are
                assertFalse(thread.isAlive(), thread.getName());
            }
        }
    }

    @Test
    void whatGotIntoFullPacksIsNotStoredAgain() throws Exception {
        int mutations = mutations(Operation.FIRST_BACKUP);
        long scratch = on(Kept.storageWith(before)).full("db", other).disks().getFirst().bytesNew();
        boolean saved = false;
        for (int n = 1; n <= mutations; n += 3) {
            var memory = Kept.storageWith(before);
            failure(Operation.FIRST_BACKUP, new FaultyStorage(memory).crashBefore(n));
            var next = memory.reopen();
            int packs = next.list("packs/data/").size() - Kept.storageWith(before).list("packs/data/").size();
            long again = on(next).full("db", other).disks().getFirst().bytesNew();
            assertEquals(packs > 0, again < scratch,
                    "%d packs got in, %d of %d bytes were new".formatted(packs, again, scratch));
            saved |= packs > 0;
        }
        assertTrue(saved);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anInterruptedInitLeavesAWholeRepositoryOrIsRepeated(boolean encrypted) throws Exception {
        var counting = new FaultyStorage(new MemoryStorage());
        create(counting, encrypted).close();
        for (int n = 1; n <= counting.mutations(); n++) {
            for (boolean crash : new boolean[] {true, false}) {
                var memory = new MemoryStorage();
                var faulty = new FaultyStorage(memory);
                try {
                    create(crash ? faulty.crashBefore(n) : faulty.failAt(n), encrypted).close();
                } catch (IOException _) {
                    // as ordered
                }
                var next = memory.reopen();
                if (!next.exists("config") && !next.exists("config.copy")) {
                    create(next, encrypted).close();
                }
                try (var keys = RepositoryKeys.open(next, () -> Optional.of(PASSWORD.clone()))) {
                    assertEquals(encrypted, keys.configuration().encrypted());
                    assertEquals(encrypted ? 1 : 0, keys.slots().size());
                }
            }
        }
    }

    private static RepositoryKeys create(Storage storage, boolean encrypted) throws IOException {
        var wanted = new Configuration("00112233445566778899aabbccddeeff", NOON, "test", new Chunking(16 << 10),
                Compression.DEFAULT, encrypted, Optional.empty());
        return RepositoryKeys.create(storage, wanted, encrypted ? Optional.of(PASSWORD) : Optional.empty(), NOON,
                new SecureRandom());
    }

    @Test
    void aRepositoryThatLostItsConfigurationIsNotInitialisedAgain() throws Exception {
        var objects = new TreeMap<>(before);
        objects.keySet().removeIf(name -> name.startsWith("config"));
        var storage = Kept.storageWith(objects);
        assertThrows(CorruptObjectException.class, () -> create(storage, true));
        assertEquals(objects.keySet(), Kept.snapshot(storage).keySet());
    }

    @Test
    void anInterruptedChangeOfKeysLeavesTheOldOnesOpen() throws Exception {
        for (int n = 1; n <= 8; n++) {
            var memory = new MemoryStorage();
            RepositoryFixture.create(place(memory), true);
            var faulty = n <= 6 ? new FaultyStorage(memory).crashBefore(n) : new FaultyStorage(memory).failAt(n);
            try (var keys = on(faulty).open()) {
                var slot = keys.keys().addSlot("second".toCharArray(), "second", NOON, new SecureRandom());
                keys.keys().removeSlot(slot);
                assertFalse(n <= 8, "mutation %d was ordered to fail".formatted(n));
            } catch (IOException _) {
                // as ordered
            }
            try (var keys = on(memory.reopen()).open()) {
                for (var slot : keys.keys().slots()) {
                    if (!slot.equals(keys.keys().ownSlot())) {
                        keys.keys().removeSlot(slot);
                    }
                }
                assertEquals(1, keys.keys().slots().size());
            }
            assertDoesNotThrow(() -> on(memory.reopen()).open().close());
            assertEquals(2, memory.list("keys/").size());
        }
    }
}
