package io.xenolith.source.vhd;

import java.time.Instant;

/// Time stamps: seconds since 2000-01-01 00:00:00 UTC, 32 bits unsigned, enough until 2136.
final class VhdTime {

    private static final long EPOCH = Instant.parse("2000-01-01T00:00:00Z").getEpochSecond();
    private static final long MAX = 0xFFFF_FFFFL;

    private VhdTime() {
    }

    static Instant decode(int stamp) {
        return Instant.ofEpochSecond(EPOCH + Integer.toUnsignedLong(stamp));
    }

    /// Cuts off what is less than a second, and what cannot be told at either end.
    static int encode(Instant time) {
        return (int) Math.clamp(time.getEpochSecond() - EPOCH, 0, MAX);
    }
}
