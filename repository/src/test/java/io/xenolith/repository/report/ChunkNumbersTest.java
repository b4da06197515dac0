package io.xenolith.repository.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.repository.index.Location;
import io.xenolith.repository.index.PackEntry;
import io.xenolith.repository.pack.PackId;
import io.xenolith.repository.pack.PackKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SeedExtension.class)
class ChunkNumbersTest {

    @Test
    void whatLeftTheMemoryComesBackAsItWas(Seed seed) throws IOException {
        // given numbers of far more chunks than fit in memory
        var random = seed.random();
        var packs = packs(random);
        var model = new HashMap<Location, Long>();
        try (var numbers = new ChunkNumbers(packs, 3)) {
            for (int i = 0; i < 20_000; i++) {
                var pack = packs.get(random.nextInt(packs.size()));
                var chunk = new Location(pack.number(), random.nextInt(pack.chunks()));
                // then each is as it was set last, or 0
                assertEquals(model.getOrDefault(chunk, 0L), numbers.get(chunk));
                if (random.nextInt(3) == 0) {
                    // when some are set in between
                    long number = random.nextLong();
                    numbers.set(chunk, number);
                    model.put(chunk, number);
                }
            }
        }
    }

    /// Numbers of packs have gaps, from packs that are gone.
    private static List<PackEntry> packs(RandomGenerator random) {
        var packs = new ArrayList<PackEntry>();
        for (int number = 0; number < 40; number += random.nextInt(1, 4)) {
            packs.add(new PackEntry(number, PackId.random(PackKind.DATA, random), 1000, random.nextInt(1, 3000), 2000));
        }
        return packs;
    }
}
