package io.xenolith.nbd.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final int BYTES = 256 << 10;

    /// Lets `replies` replies come that take as long as `nanosAtDepth` says.
    private static Pace after(int replies, Pace pace, LongUnaryOperator nanosAtDepth) {
        for (int i = 0; i < replies; i++) {
            pace.replied(nanosAtDepth.applyAsLong(pace.depth()));
        }
        return pace;
    }

    @Test
    void aServerThatWorksOnOneRequestAtATimeGetsFewAtATime() {
        var pace = after(10_000, new Pace(64, BYTES, BYTES, 512), depth -> depth * 10_000_000L);
        assertTrue(pace.depth() <= 16, "" + pace.depth());
    }

    @Test
    void aServerThatWorksOnManyAtATimeGetsMany() {
        var pace = after(10_000, new Pace(64, BYTES, BYTES, 512), depth -> 10_000_000L * Math.max(1, depth / 16));
        assertTrue(pace.depth() >= 16, "" + pace.depth());
        assertEquals(BYTES, pace.bytes());
    }

    @Test
    void aLongWayToAFastServerGetsLongRequests() {
        var pace = after(10_000, new Pace(16, BYTES, 2 << 20, 512), _ -> 50_000_000L);
        assertEquals(16, pace.depth());
        assertEquals(2 << 20, pace.bytes());
    }

    @Test
    void aServerThatGetsSlowerIsSpared() {
        var pace = after(1_000, new Pace(64, BYTES, BYTES, 512), _ -> 10_000_000L);
        assertEquals(64, pace.depth());
        after(20_000, pace, depth -> 10_000_000L + depth * 5_000_000L);
        assertTrue(pace.depth() < 30, "" + pace.depth());
    }

    @Test
    void requestsStayAlignedAndWithinTheirBounds() {
        assertEquals(4096, new Pace(4, BYTES, 5000, 4096).bytes());
        assertEquals(65536, new Pace(4, 512, 65536, 65536).bytes());
        assertEquals(1, new Pace(1, BYTES, BYTES, 1).depth());
    }
}
