package io.xenolith.nbd.client;

import java.util.BitSet;

/// Which bytes of a request have been answered. Chunks usually come in order and cost nothing; the first that does not
/// makes a bit for each byte.
final class Coverage {
    private int length;
    private int covered;
    private int prefix;
    private BitSet scattered;

    /// Begins a request of `bytes` bytes.
    void reset(int bytes) {
        length = bytes;
        covered = 0;
        prefix = 0;
        scattered = null;
    }

    /// Adds bytes that lie inside the request; false if one of them had come already.
    boolean add(int from, int bytes) {
        covered += bytes;
        if (scattered == null && from == prefix) {
            prefix += bytes;
            return true;
        }
        if (scattered == null) {
            scattered = new BitSet(length);
            scattered.set(0, prefix);
        }
        int next = scattered.nextSetBit(from);
        scattered.set(from, from + bytes);
        return next < 0 || next >= from + bytes;
    }

    boolean complete() {
        return covered == length;
    }
}
