package io.xenolith.engine.restore;

import io.xenolith.engine.disk.Extent;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.TreeMap;

/// What of a disk could not be read, or the rule that nothing may be lost. Safe for use by several threads.
final class Losses {

    private final boolean allowed;

    /// By offset, merged where they touch. Guarded by `this`.
    private final TreeMap<Long, LeftOut> leftOut = new TreeMap<>();

    private Losses(boolean allowed) {
        this.allowed = allowed;
    }

    /// The first loss ends the restore.
    static Losses forbidden() {
        return new Losses(false);
    }

    /// Losses are listed.
    static Losses allowed() {
        return new Losses(true);
    }

    /// Notes that `extent`, of which nothing was noted before, is lost.
    ///
    /// @throws IOException `failure` itself, if nothing may be lost or the thread was only interrupted while reading
    synchronized void add(Extent extent, IOException failure) throws IOException {
        if (!allowed || failure instanceof InterruptedIOException || Thread.currentThread().isInterrupted()) {
            throw failure;
        }
        var merged = new LeftOut(extent, reason(failure));
        var before = leftOut.floorEntry(extent.offset());
        if (before != null && before.getValue().extent().end() == extent.offset()) {
            merged = join(before.getValue(), merged);
        }
        var after = leftOut.remove(extent.end());
        if (after != null) {
            merged = join(merged, after);
        }
        leftOut.put(merged.extent().offset(), merged);
    }

    private static LeftOut join(LeftOut first, LeftOut second) {
        return new LeftOut(Extent.between(first.extent().offset(), second.extent().end()), first.reason());
    }

    private static String reason(IOException failure) {
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }

    synchronized List<LeftOut> asList() {
        return List.copyOf(leftOut.values());
    }
}
