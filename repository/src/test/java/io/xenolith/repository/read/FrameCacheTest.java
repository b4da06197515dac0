package io.xenolith.repository.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.repository.pack.PackId;
import io.xenolith.repository.pack.PackKind;
import io.xenolith.repository.read.FrameCache.FrameAddress;
import java.util.LinkedHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SeedExtension.class)
class FrameCacheTest {

    private static final int CAPACITY = 1000;

    private final FrameCache cache = new FrameCache(CAPACITY);

    @Test
    void itHoldsTheFramesUsedLastThatFit(Seed seed) {
        var random = seed.random();
        var model = new LinkedHashMap<FrameAddress, byte[]>(16, 0.75f, true);
        for (int step = 0; step < 20_000; step++) {
            var address = address(random.nextInt(30));
            if (random.nextBoolean()) {
                assertSame(model.get(address), cache.get(address).orElse(null));
                continue;
            }
            var frame = new byte[random.nextInt(200)];
            cache.put(address, frame);
            model.put(address, frame);
            while (model.values().stream().mapToInt(bytes -> bytes.length).sum() > CAPACITY) {
                model.pollFirstEntry();
            }
        }
    }

    @Test
    void aFrameLargerThanTheCacheIsHeldAlone() {
        cache.put(address(1), new byte[10]);
        cache.put(address(2), new byte[CAPACITY + 1]);
        assertTrue(cache.get(address(1)).isEmpty());
        assertTrue(cache.get(address(2)).isPresent());
        cache.put(address(3), new byte[10]);
        assertTrue(cache.get(address(2)).isEmpty());
        assertEquals(10, cache.get(address(3)).orElseThrow().length);
    }

    private static FrameAddress address(int number) {
        return new FrameAddress(new PackId(PackKind.DATA, 0, number % 5), number);
    }
}
