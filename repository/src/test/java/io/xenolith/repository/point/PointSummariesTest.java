package io.xenolith.repository.point;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.engine.chunk.ChunkIdentity;
import io.xenolith.engine.crypto.MasterKey;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.repository.object.ObjectStore;
import io.xenolith.repository.object.Protection;
import io.xenolith.repository.storage.MemoryStorage;
import io.xenolith.repository.storage.StoredObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// An overview tells the same with and without summaries, whatever happens to them.
@ExtendWith(SeedExtension.class)
class PointSummariesTest {

    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static final int MANY = 600;

    private final MemoryStorage storage = new MemoryStorage();
    private final List<RestorePoint> points = new ArrayList<>();
    private Random random;
    private Catalog catalog;

    @BeforeEach
    void addManyPoints(Seed seed) throws Exception {
        random = seed.random();
        var key = new byte[32];
        random.nextBytes(key);
        var objects = new ObjectStore(storage, Protection.encryption(MasterKey.of(key)));
        catalog = new Catalog(storage, objects, ChunkIdentity.keyed(key));
        for (int i = 0; i < MANY; i++) {
            var point = RandomPoints.at("vm" + i % 7, NOON.plusSeconds(i), random);
            catalog.add(point);
            points.add(point);
        }
    }

    @Test
    void theFirstOverviewOfManyPointsWritesASummaryAndTheNextAgrees() throws Exception {
        var first = catalog.overview(random);
        assertEquals(1, summaries().size());
        assertEquals(first, catalog.overview(random));
        assertEquals(catalog.all(), first);
        assertEquals(MANY, first.points().size());
        assertEquals(1, summaries().size());
    }

    @Test
    void pointsThatCameOrWentSinceTheSummaryAreToldRightly() throws Exception {
        catalog.overview(random);
        catalog.remove(points.getFirst());
        catalog.add(RandomPoints.at("new", NOON, random));
        assertEquals(catalog.all(), catalog.overview(random));
        assertEquals(MANY, catalog.overview(random).points().size());
    }

    @Test
    void aDamagedOrLostSummaryCostsReadingOnly() throws Exception {
        var expected = catalog.all();
        for (int i = 0; i < 8; i++) {
            // given a summary in which a bit has flipped
            catalog.overview(random);
            var name = summaries().getFirst().name();
            var damaged = storage.readAll(name, 1 << 26);
            damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            storage.damage(name, damaged);
            // when the points are looked at, then all are told, and a new summary takes its place
            assertEquals(expected, catalog.overview(random));
            assertEquals(1, summaries().size());
            assertNotEquals(name, summaries().getFirst().name());
        }
        storage.delete(summaries().getFirst().name());
        assertEquals(expected, catalog.overview(random));
    }

    private List<StoredObject> summaries() {
        return storage.list("summaries/");
    }
}
