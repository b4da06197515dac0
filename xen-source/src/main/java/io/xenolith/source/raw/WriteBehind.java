package io.xenolith.source.raw;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/// Brings what was written on to the disk while more is being written: left to the end, that would take as long again, and
/// fill the system's memory with what nobody reads. Safe for use by several threads.
final class WriteBehind implements Closeable {

    private static final long STEP_BYTES = 128L << 20;

    private final FileChannel channel;
    private final AtomicLong behind = new AtomicLong();

    /// Guarded by `this`, both made when the first step is due, since most files are smaller.
    private ExecutorService thread;
    private Future<?> step;

    WriteBehind(FileChannel channel) {
        this.channel = channel;
    }

    /// Takes note of `bytes` more; returns at once.
    void wrote(int bytes) {
        if (behind.addAndGet(bytes) >= STEP_BYTES) {
            begin();
        }
    }

    private synchronized void begin() {
        if (step != null && step.state() == Future.State.RUNNING) {
            return;
        }
        if (thread == null) {
            thread = Executors.newSingleThreadExecutor(Thread.ofPlatform().name("write-behind").daemon().factory());
        }
        if (step == null || step.state() == Future.State.SUCCESS) { // a failure is kept for finish()
            behind.set(0);
            step = thread.submit(() -> {
                channel.force(false);
                return null;
            });
        }
    }

    /// Waits for the last step.
    ///
    /// @throws IOException if one failed: the system tells of a lost write once only, so the target is not to be trusted
    synchronized void finish() throws IOException {
        if (step == null) {
            return;
        }
        try {
            step.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the last writes were made durable", e);
        }
    }

    @Override
    public synchronized void close() {
        if (thread != null) {
            thread.close();
        }
    }
}
