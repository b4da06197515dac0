package io.xenolith.source.xapi.task;

import java.io.IOException;
import java.time.Duration;

/// A task took too long and was cancelled.
public final class TaskTimeoutException extends IOException {

    TaskTimeoutException(String what, Duration limit) {
        super("%s: not done after %d seconds, and cancelled; 'xe task-list' shows what else the pool is doing"
                .formatted(what, limit.toSeconds()));
    }
}
