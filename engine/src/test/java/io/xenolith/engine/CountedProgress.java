package io.xenolith.engine;

import java.util.concurrent.atomic.AtomicLong;

/// Remembers what it was told.
public final class CountedProgress implements Progress {

    private final AtomicLong expected = new AtomicLong();
    private final AtomicLong done = new AtomicLong();

    @Override
    public void expect(long bytes) {
        expected.addAndGet(bytes);
    }

    @Override
    public void advance(long bytes) {
        done.addAndGet(bytes);
    }

    public long expected() {
        return expected.get();
    }

    public long done() {
        return done.get();
    }
}
