package io.xenolith.repository.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.engine.chunk.ChunkId;
import java.util.HashSet;
import java.util.Random;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The set against one of the JDK.
@ExtendWith(SeedExtension.class)
class ChunkIdSetTest {

    /// @param mask of the bits in which ids differ: few of them make long runs of occupied places
    @ParameterizedTest
    @ValueSource(longs = {-1, 0x3F, 0x3F0})
    void itHoldsWhatWasAddedAndNotRemoved(long mask, Seed seed) {
        int steps = mask == -1 ? 60_000 : 3_000;
        var random = seed.random();
        var set = new ChunkIdSet();
        var model = new HashSet<ChunkId>();
        for (int step = 0; step < steps; step++) {
            var id = id(random, mask);
            switch (step < steps / 2 ? random.nextInt(3) : random.nextInt(4)) {
                case 0, 1 -> assertEquals(model.add(id), set.add(id));
                case 2 -> assertEquals(model.contains(id), set.contains(id));
                default -> {
                    var gone = random.nextBoolean() || model.isEmpty() ? id : model.iterator().next();
                    model.remove(gone);
                    set.remove(gone);
                }
            }
            assertEquals(model.size(), set.size());
        }
        model.forEach(id -> assertTrue(set.contains(id), "lost " + id));
    }

    private static ChunkId id(Random random, long mask) {
        return new ChunkId(random.nextLong() & mask, random.nextLong() & mask & 0xFF, 0, 1 + random.nextInt(20));
    }
}
