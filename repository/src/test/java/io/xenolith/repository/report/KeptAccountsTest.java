package io.xenolith.repository.report;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.engine.disk.SparseDisk;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.repository.Repository;
import io.xenolith.repository.RepositoryFixture;
import io.xenolith.repository.RepositoryPlace;
import io.xenolith.repository.pack.PackId;
import io.xenolith.repository.report.KeptAccounts.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SeedExtension.class)
class KeptAccountsTest {

    private static final int ALWAYS = 0;
    private static final int SIZE = 4 << 20;

    @TempDir
    private Path root;

    private RepositoryFixture fixture;

    @BeforeEach
    void makeRepository(Seed seed) throws Exception {
        fixture = RepositoryFixture.create(RepositoryPlace.directory(root), true);
        fixture.full("web", disk(seed, 1));
        fixture.full("db", disk(seed, 2));
    }

    private static SparseDisk disk(Seed seed, int number) {
        var bytes = new byte[SIZE];
        seed.random(number).nextBytes(bytes);
        var disk = new SparseDisk(SIZE);
        disk.write(0, bytes);
        return disk;
    }

    private Report report() throws Exception {
        try (var repository = fixture.open()) {
            return new Reporter(repository, ALWAYS).report(fixture.points());
        }
    }

    private Path kept() throws IOException {
        try (var files = Files.list(root.resolve("accounts"))) {
            var all = files.toList();
            assertEquals(1, all.size());
            return all.getFirst();
        }
    }

    @Test
    void whatWasCountedIsTakenWhenNothingChanged() throws Exception {
        var first = report();
        var kept = kept();
        assertEquals(first, report());
        assertEquals(kept, kept());
        try (var repository = fixture.open()) { // what is told is what was kept
            repository.keptAccounts().replace(state(repository, fixture.points()), imagined(), repository.random());
        }
        assertEquals(12, report().uniqueBytes());
    }

    private static Accounts imagined() {
        var sums = new Accounts.Sums(1, 2, 6, 4.5, 5.5);
        return new Accounts(List.of(sums, sums), Map.of("web", sums, "db", sums), 7);
    }

    private static State state(Repository repository, List<RestorePoint> points) throws IOException {
        return State.of(points.stream().sorted((a, b) -> a.time().compareTo(b.time())).toList(), repository.index().packs(),
                repository.damage().damaged());
    }

    @Test
    void aChangedRepositoryIsCountedAnew(Seed seed) throws Exception {
        report();
        var before = kept();
        fixture.full("mail", disk(seed, 3));
        var after = report();
        assertEquals(3, after.points());
        assertNotEquals(before, kept());
        try (var repository = fixture.open()) {
            new ReportModel(repository, fixture.points()).assertEquals(after);
        }
    }

    @Test
    void theStateIsAnotherForOtherPointsPacksOrDamage() throws Exception {
        try (var repository = fixture.open()) {
            var points = fixture.points();
            var packs = repository.index().packs();
            var none = new HashMap<PackId, BitSet>();
            var damage = Map.of(packs.iterator().next().id(), BitSet.valueOf(new long[] {4}));
            var states = List.of(State.of(points, packs, none), State.of(points.subList(0, 1), packs, none),
                    State.of(points, packs.stream().skip(1).toList(), none), State.of(points, packs, damage));
            assertEquals(4, states.stream().map(state -> new String(state.digest(), ISO_8859_1))
                    .distinct().count());
        }
    }

    @Test
    void damagedAccountsAreMadeAnew() throws Exception {
        var right = report();
        long length = Files.size(kept());
        for (int at = 0; at < length; at += 7) {
            var bytes = Files.readAllBytes(kept());
            bytes[at] ^= 4;
            Files.write(kept(), bytes);
            assertEquals(right, report(), "byte " + at);
        }
    }

    @Test
    void accountsThatAreCutOffAreMadeAnew() throws Exception {
        var right = report();
        for (int length : new int[] {0, 1, 40, (int) Files.size(kept()) - 1}) {
            Files.write(kept(), Arrays.copyOf(Files.readAllBytes(kept()), length));
            assertEquals(right, report(), length + " bytes");
        }
    }

    @Test
    void accountsOfAnotherNumberOfPointsAreMadeAnew() throws Exception {
        var right = report();
        var one = new Accounts(imagined().points().subList(0, 1), imagined().vms(), 7);
        try (var repository = fixture.open()) {
            repository.keptAccounts().replace(state(repository, fixture.points()), one, repository.random());
        }
        assertEquals(right, report());
    }

    @Test
    void littleIsCountedEachTime() throws Exception {
        try (var repository = fixture.open()) {
            new Reporter(repository).report(fixture.points());
        }
        assertTrue(Files.notExists(root.resolve("accounts")));
    }
}
