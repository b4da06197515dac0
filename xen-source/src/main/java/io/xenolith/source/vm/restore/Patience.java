package io.xenolith.source.vm.restore;

import io.xenolith.source.xapi.error.BusyException;
import java.io.IOException;
import java.time.Duration;

/// Waits for what a pool is still busy with: a disk stays attached to the control domain for seconds after a stream.
final class Patience {
    private static final long LIMIT_NANOS = Duration.ofMinutes(1).toNanos();
    private static final long FIRST_MILLIS = 50;
    private static final long LONGEST_MILLIS = 3_000;

    private Patience() {
    }

    interface Step<T> {
        T run() throws IOException, InterruptedException;
    }

    interface Action {
        void run() throws IOException, InterruptedException;
    }

    /// @throws BusyException if that lasts for more than a minute
    static <T> T get(Step<T> step) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        for (long millis = FIRST_MILLIS; true; millis = Math.min(LONGEST_MILLIS, millis * 2)) {
            try {
                return step.run();
            } catch (BusyException e) {
                if (System.nanoTime() - begun > LIMIT_NANOS) {
                    throw e;
                }
            }
            Thread.sleep(millis);
        }
    }

    static void run(Action action) throws IOException, InterruptedException {
        get(() -> {
            action.run();
            return null;
        });
    }
}
