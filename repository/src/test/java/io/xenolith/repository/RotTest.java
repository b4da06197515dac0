package io.xenolith.repository;

import static io.xenolith.repository.RepositoryFixture.NOON;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Progress;
import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.engine.backup.ChangesSince;
import io.xenolith.engine.backup.DiskInput;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import io.xenolith.engine.disk.SparseDisk;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.repository.repair.PackRepair;
import io.xenolith.repository.storage.MemoryStorage;
import io.xenolith.repository.verify.Damage;
import io.xenolith.repository.verify.DataSelection;
import io.xenolith.repository.verify.Verification;
import io.xenolith.repository.verify.Verifier;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A small repository of two machines, in which each object rots, is cut off or goes, one at a time.
@ExtendWith(SeedExtension.class)
class RotTest {

    private static final int SIZE = 400_000;

    /// What is kept twice, or can be made from something else: its damage need not be told. A record of damage that is
    /// itself damaged is warned of; one that is gone, and a point that is gone, have left nothing that could tell.
    private static final List<String> REDUNDANT =
            List.of("config", "keys/", "segments/", "verified/", "damage/");

    @TempDir
    private Path folder;

    private final Kept kept = new Kept();
    private Map<String, byte[]> objects;
    private SparseDisk web;
    private SparseDisk db;
    private int indexes;

    /// One damage to one object.
    ///
    /// @param content what is left of it; nothing, if it is gone
    private record Rot(String object, String what, byte[] content) {
        boolean gone() {
            return content == null;
        }
    }

    private void makeRepository(boolean encrypted, Random random) throws Exception {
        var storage = new MemoryStorage();
        var fixture = RepositoryFixture.create(place(storage), encrypted);
        web = RepositoryFixture.randomDisk(random, SIZE);
        db = RepositoryFixture.randomDisk(random, SIZE);
        var first = fixture.full("web", web);
        kept.add(fixture.full("db", db), db);
        var day = new byte[200_000];
        random.nextBytes(day);
        web.write(50_000, day);
        var changes = new ChangesSince(first.disks().getFirst().root(), Extents.of(new Extent(50_000, day.length)));
        kept.add(fixture.backup("web", NOON.plusSeconds(86400), new DiskInput.Changed("xvda", web, changes)), web);
        fixture.prune(0.9, first);
        kept.assertAllThere(fixture);
        try (var repository = fixture.open()) {
            // a record of damage, in a pack that is there, but of a chunk that is not
            var marked = new BitSet();
            marked.set(65_535);
            repository.damage().add(repository.index().packs().iterator().next().id(), marked);
        }
        objects = Kept.snapshot(storage);
    }

    private RepositoryPlace place(MemoryStorage storage) {
        return new RepositoryPlace(storage, null, folder.resolve("index-" + indexes).resolve("rocksdb"));
    }

    private List<Rot> rots(Random random) {
        var rots = new ArrayList<Rot>();
        objects.forEach((name, whole) -> {
            rots.add(new Rot(name, "gone", null));
            for (int length : new int[] {whole.length / 3, whole.length - 1}) {
                rots.add(new Rot(name, "cut to " + length, Arrays.copyOf(whole, length)));
            }
            boolean pack = name.startsWith("packs/");
            int step = pack ? whole.length / 3 : 7 * (int) Math.sqrt(whole.length);
            for (int at = 0; at < whole.length; at += 1 + random.nextInt(2 * step)) {
                rots.add(flip(name, whole, at, random));
            }
            rots.add(flip(name, whole, 8, random)); // the version of a pack, and what comes next in others
            rots.add(flip(name, whole, whole.length - 1, random));
        });
        return rots;
    }

    private static Rot flip(String name, byte[] whole, int at, Random random) {
        var flipped = whole.clone();
        flipped[at] ^= (byte) (1 << random.nextInt(8));
        return new Rot(name, "bit flipped in byte %d of %d".formatted(at, whole.length), flipped);
    }

    private MemoryStorage damaged(Rot rot) throws IOException {
        var left = new TreeMap<>(objects);
        left.remove(rot.object);
        if (!rot.gone()) {
            left.put(rot.object, rot.content);
        }
        return Kept.storageWith(left);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void rotIsToldAndNeverRestored(boolean encrypted, Seed seed) throws Exception {
        makeRepository(encrypted, seed.random());
        int unnoticed = 0;
        int flips = 0;
        var rots = rots(seed.random());
        for (int i = 0; i < rots.size(); i++) {
            var rot = rots.get(i);
            indexes = i % 2 == 0 ? 0 : i; // with the index that was there before, or with none
            var fixture = RepositoryFixture.existing(place(damaged(rot)));
            try (var repository = fixture.open()) {
                boolean told = isTold(rot, repository);
                if (REDUNDANT.stream().anyMatch(rot.object::startsWith) || rot.gone() && isPoint(rot)) {
                    continue;
                }
                flips++;
                boolean frameOfPlainPack = !encrypted && rot.object.startsWith("packs/") && rot.what.startsWith("bit");
                assertTrue(told || frameOfPlainPack, rot.object + " " + rot.what + " was not told");
                unnoticed += told ? 0 : 1;
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError(rot.object + " " + rot.what + ": " + e.getMessage(), e);
            }
        }
        // bits that no decoder looks at are few
        assertTrue(unnoticed <= flips / 10, unnoticed + " of " + flips);
    }

    private static boolean isPoint(Rot rot) {
        return rot.object.startsWith("points/");
    }

    /// Verifies and restores what is listed. No single rot keeps a repository from being opened and listed.
    private boolean isTold(Rot rot, Repository repository) throws Exception {
        var listed = repository.catalog().all();
        assertEquals(isPoint(rot) ? 1 : 2, listed.points().size());
        assertEquals(isPoint(rot) && !rot.gone(), !listed.unreadable().isEmpty());
        var found = verify(repository, listed.points());
        var hurt = found.damaged().stream().map(Damage::point).collect(Collectors.toSet());
        for (var point : listed.points()) {
            if (hurt.contains(point.id())) {
                assertTrue(rot.object.startsWith("packs/"), rot.object);
                assertNotNull(assertRightOrFails(repository, point), "nothing is lost of " + point.id());
            } else {
                RepositoryFixture.assertEqual(kept.disk(point),
                        RepositoryFixture.restore(repository, point.disks().getFirst()));
            }
        }
        return !found.ok() || !listed.unreadable().isEmpty();
    }

    private static Verification verify(Repository repository, List<RestorePoint> points) throws Exception {
        return new Verifier(repository, 1, Progress.NONE).verify(points, new DataSelection.All(), NOON);
    }

    private Exception assertRightOrFails(Repository repository, RestorePoint point) throws Exception {
        try {
            var restored = RepositoryFixture.restore(repository, point.disks().getFirst());
            RepositoryFixture.assertEqual(kept.disk(point), restored);
            return null;
        } catch (IOException e) {
            assertFalse(e.getMessage().isBlank());
            return e;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRepairAndTheNextFullHeal(boolean encrypted, Seed seed) throws Exception {
        makeRepository(encrypted, seed.random());
        var random = seed.random(1);
        indexes = 1000;
        for (var rot : rots(random)) {
            if (!rot.object.startsWith("packs/") || random.nextInt(3) > 0 && !rot.gone()) {
                continue;
            }
            indexes += random.nextInt(2);
            var fixture = RepositoryFixture.existing(place(damaged(rot)));
            try (var repository = fixture.open()) {
                new PackRepair(repository, 1, Progress.NONE).repair(repository.catalog().all().points(), NOON);
            }
            var healed = List.of(fixture.full("web", web), fixture.full("db", db));
            fixture.assertRestores(healed.get(0), web);
            fixture.assertRestores(healed.get(1), db);
            try (var repository = fixture.open()) {
                // the old points share everything with the new ones, so they are healed, too
                var points = repository.catalog().all().points();
                assertEquals(4, points.size());
                assertEquals(List.of(), verify(repository, points).damaged(), rot.object + " " + rot.what);
                for (var point : points) {
                    RepositoryFixture.assertEqual(point.vm().equals("web") ? web : db,
                            RepositoryFixture.restore(repository, point.disks().getFirst()));
                }
            }
        }
    }
}
