package io.xenolith.engine.map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(SeedExtension.class)
class MapShapeTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0", "1, 1, 0", "4194304, 1, 0", "4194305, 2, 1",
        "268435456, 64, 1", "268435457, 65, 2", // 64 slots: 256 MiB
        "17179869184, 4096, 2", "17179869185, 4097, 3", // 64 times that: 16 GiB
        "1099511627776, 262144, 3", "1099511627777, 262145, 4", // 1 TiB
        "2305843009213693952, 549755813888, 7"}) // 2 EiB
    void aLevelIsAddedWhereSixtyFourChildrenAreNotEnough(long size, long slots, int topLevel) {
        assertEquals(slots, new MapShape(size).slots());
        assertEquals(topLevel, new MapShape(size).topLevel());
    }

    @Test
    void eachLevelCoversTheDiskAndTheTopIsOneNode(Seed seed) {
        for (int i = 0; i < 2000; i++) {
            var random = seed.random(i);
            long size = random.nextLong(1, 1L << random.nextInt(1, 62));
            var shape = new MapShape(size);
            for (int level = 0; level <= shape.topLevel(); level++) {
                long nodes = shape.nodes(level);
                assertTrue((nodes - 1) * MapShape.span(level) < size, size + " at level " + level);
                assertTrue(nodes >= (size - 1) / MapShape.span(level) + 1, size + " at level " + level);
            }
            assertEquals(1, shape.nodes(shape.topLevel()));
            assertTrue(shape.topLevel() == 0 || shape.nodes(shape.topLevel() - 1) > 1, size + " bytes");
        }
    }

    @Test
    void aDiskHasNoLessThanNothingAndNoMoreThanTwoEbibytes() {
        for (long size : new long[] {-1, Long.MIN_VALUE, MapShape.MAX_SIZE + 1, Long.MAX_VALUE}) {
            assertThrows(IllegalArgumentException.class, () -> new MapShape(size));
        }
    }
}
