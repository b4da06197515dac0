package io.xenolith.nbd.client;

import io.xenolith.nbd.protocol.Command;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/// Something a caller waits for, made of one or more requests, the *pieces*.
abstract sealed class Operation permits ReadOperation, StatusOperation {
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicLong missing;
    private volatile IOException failure;
    private volatile long progressNanos = System.nanoTime();

    // what has not been handed out yet; guarded by the backlog's lock
    private long next;
    private final long end;

    Operation(long offset, long end) {
        this.next = offset;
        this.end = end;
        this.missing = new AtomicLong(end - offset);
    }

    abstract Command command();

    /// Whether there is more to hand out; under the backlog's lock.
    final boolean hasNext() {
        return next < end;
    }

    /// Hands out the next piece, at most `limit` bytes long; under the backlog's lock.
    final void cut(Slot into, long limit) {
        long length = Math.min(limit, end - next);
        into.begin(this, next, length, 0);
        next += length;
    }

    /// One piece is done. Every piece is done once.
    final void done(long length) {
        progressNanos = System.nanoTime();
        if (missing.addAndGet(-length) == 0) {
            ended.countDown();
        }
    }

    /// Ends the operation without what is missing. The first failure counts.
    final void fail(IOException cause) {
        synchronized (ended) {
            if (failure == null && ended.getCount() > 0) {
                failure = cause;
            }
        }
        ended.countDown();
    }

    final boolean ended() {
        return ended.getCount() == 0;
    }

    /// When the last piece was done, or the operation began.
    final long progressNanos() {
        return progressNanos;
    }

    /// Blocks until the operation has ended.
    final void await() throws IOException {
        try {
            ended.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            var interrupted = new InterruptedIOException("interrupted while reading from an NBD server");
            fail(interrupted);
            throw interrupted;
        }
        if (failure != null) {
            throw failure;
        }
    }
}
