package io.xenolith.cli.pool;

import io.xenolith.cli.Invocation;
import io.xenolith.source.xapi.task.TaskListener;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// Says now and then how far the pool's tasks are: a line for each that takes longer than a few seconds. Safe for use by
/// several threads; tasks of one kind at the same time share their lines.
final class TaskProgress implements TaskListener {

    private static final long PAUSE_NANOS = Duration.ofSeconds(5).toNanos();

    private final Invocation run;
    private final String pool;

    /// When each task began or was spoken of. Guarded by `this`.
    private final Map<String, Long> spoken = new HashMap<>();

    TaskProgress(Invocation run, String pool) {
        this.run = run;
        this.pool = pool;
    }

    @Override
    public synchronized void progressed(String what, double share) {
        if (share >= 1) {
            spoken.remove(what);
            return;
        }
        long now = System.nanoTime();
        if (now - spoken.computeIfAbsent(what, _ -> now) >= PAUSE_NANOS) {
            spoken.put(what, now);
            run.note("pool %s: %s, %.0f %% done".formatted(pool, what, share * 100));
        }
    }
}
