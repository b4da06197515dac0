package io.xenolith.source.vhd;

import java.nio.ByteBuffer;

/// Zeros, as many as needed.
final class Zeros {

    private static final ByteBuffer SOME = ByteBuffer.allocateDirect(1 << 16).asReadOnlyBuffer();

    private Zeros() {
    }

    /// Fills `target` from its position to its limit.
    static void fill(ByteBuffer target) {
        while (target.hasRemaining()) {
            target.put(upTo(target.remaining()));
        }
    }

    /// From 1 to `limit` zeros, ready to be read.
    static ByteBuffer upTo(long limit) {
        return SOME.duplicate().limit((int) Math.min(limit, SOME.capacity()));
    }
}
