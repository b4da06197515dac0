package io.xenolith.source.xapi.error;

import java.time.Duration;

/// Something else is going on. The same call may succeed later.
public final class BusyException extends XapiException {
    private final Duration retryAfter;

    BusyException(Failure failure, String nextStep, Duration retryAfter) {
        super(failure, nextStep);
        this.retryAfter = retryAfter;
    }

    /// How long to wait before asking again: seconds for a disk that is about to be detached, an hour for an upgrade of
    /// the pool.
    public Duration retryAfter() {
        return retryAfter;
    }
}
