package io.xenolith.repository;

import static io.xenolith.repository.RepositoryFixture.NOON;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.engine.backup.DiskInput;
import io.xenolith.engine.disk.SparseDisk;
import io.xenolith.repository.storage.MemoryStorage;
import io.xenolith.repository.storage.Storage;
import io.xenolith.repository.storage.StorageFullException;
import io.xenolith.repository.verify.DataSelection;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Where nothing can be written, things can still be deleted, read and verified.
@ExtendWith(SeedExtension.class)
class FullDiskTest {

    private static final int SIZE = 600_000;

    @TempDir
    private Path folder;

    private final MemoryStorage storage = new MemoryStorage();
    private final Kept kept = new Kept();

    private RepositoryPlace place(Storage storage) {
        return new RepositoryPlace(storage, null, folder.resolve("index").resolve("rocksdb"));
    }

    private static Storage full(Storage beneath) {
        return (Storage) Proxy.newProxyInstance(Storage.class.getClassLoader(), new Class<?>[] {Storage.class},
                (_, method, arguments) -> {
                    if (method.getName().equals("create") || method.getName().equals("put")) {
                        throw new StorageFullException("writing " + arguments[0], "memory", new IOException("full"));
                    }
                    try {
                        return method.invoke(beneath, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void pruningFreesWhatItCanAndTellsWhatItCannot(Seed seed) throws Exception {
        var fixture = RepositoryFixture.create(place(storage), false);
        var random = seed.random();
        var web = RepositoryFixture.randomDisk(random, SIZE);
        var noise = new byte[SIZE / 3]; // shrinks by nothing and is nowhere else
        random.nextBytes(noise);
        var db = new SparseDisk(SIZE);
        db.write(0, noise);
        // given a point that is alone in its packs, and one that shares some of them with what stays
        var alone = fixture.full("db", db);
        var sharing = fixture.full("web", web);
        var day = new byte[SIZE / 2];
        random.nextBytes(day);
        web.write(0, day);
        kept.add(fixture.backup("web", NOON.plusSeconds(60), new DiskInput.Whole("xvda", web)), web);
        var onFull = RepositoryFixture.existing(place(full(storage)));
        // when they are pruned on a full disk
        var result = onFull.prune(0.99, alone, sharing);
        // then the first one's packs are gone, the others wait
        assertTrue(result.freedBytes() > 50_000, result.toString());
        assertEquals(0, result.rewrittenBytes());
        assertTrue(result.notes().getFirst().contains("no space"), result.toString());
        kept.assertAllThere(fixture);
        assertTrue(fixture.prune(0.99).rewrittenBytes() > 0);
        kept.assertAllThere(fixture);
    }

    @Test
    void aVerificationNeedsNoSpace(Seed seed) throws Exception {
        var fixture = RepositoryFixture.create(place(storage), false);
        fixture.full("web", RepositoryFixture.randomDisk(seed.random(), SIZE));
        assertTrue(RepositoryFixture.existing(place(full(storage))).verify(new DataSelection.All()).ok());
    }

    @Test
    void aBackupFailsAndLeavesNothing(Seed seed) throws Exception {
        RepositoryFixture.create(place(storage), false);
        var before = Kept.snapshot(storage).keySet();
        var disk = RepositoryFixture.randomDisk(seed.random(), SIZE);
        assertThrows(StorageFullException.class,
                () -> RepositoryFixture.existing(place(full(storage))).full("web", disk));
        assertEquals(before, Kept.snapshot(storage).keySet());
    }
}
