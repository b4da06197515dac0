package io.xenolith.cli.serve;

import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.restore.MappedDisk;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/// Decodes what a client is about to ask for that reads on in order, one request at a time: while it waits for one answer,
/// the processors are free for the next. Goes ahead only where nobody waits for them. One for each connection; safe for
/// use by several threads.
final class ReadAhead {

    private static final long WINDOW = 4 << 20;
    private static final long STEP = 1 << 20;  // about a frame
    private static final long NEAR = 4 << 20;  // requests that run side by side arrive in any order
    private static final int ENOUGH_IN_ORDER = 3;

    private final MappedDisk disk;
    private final OpenDisks open;
    private final Executor background;

    /// Where the next read is expected, how many came so, how far decoding went, and whether it goes on. Guarded by `this`.
    private long expected;
    private int inOrder;
    private long ahead;
    private boolean running;

    ReadAhead(MappedDisk disk, OpenDisks open, Executor background) {
        this.disk = disk;
        this.open = open;
        this.background = background;
    }

    /// To be told of each read, when it begins.
    synchronized void reading(long offset, int length) {
        boolean near = Math.abs(offset - expected) <= NEAR;
        inOrder = near ? inOrder + 1 : 0;
        ahead = near ? ahead : 0;
        expected = offset + length;
        begin();
    }

    /// To be told where the client says that it will read.
    synchronized void announced(long offset) {
        inOrder = ENOUGH_IN_ORDER;
        expected = offset;
        ahead = offset;
        begin();
    }

    /// Guarded by `this`.
    private void begin() {
        if (inOrder >= ENOUGH_IN_ORDER && !running && ahead < expected + WINDOW / 2 && expected < disk.size()) {
            try {
                background.execute(this::decodeAhead);
                running = true;
            } catch (RejectedExecutionException _) {
                // the server ends
            }
        }
    }

    private void decodeAhead() {
        try {
            for (var next = next(); next.isPresent() && open.prefetch(disk, next.get()); next = next()) {
                decoded(next.get());
            }
        } catch (IOException _) {
            // who asks for these bytes will be told
        } finally {
            stopped();
        }
    }

    private synchronized Optional<Extent> next() {
        long from = Math.max(ahead, expected);
        long end = Math.min(disk.size(), from + STEP);
        boolean enough = inOrder == 0 || from >= expected + WINDOW || from >= end;
        return enough ? Optional.empty() : Optional.of(Extent.between(from, end));
    }

    private synchronized void decoded(Extent extent) {
        ahead = Math.max(ahead, extent.end());
    }

    private synchronized void stopped() {
        running = false;
    }
}
