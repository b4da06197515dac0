package io.xenolith.source.xapi.error;

/// A task was cancelled, by this program or by somebody at the pool.
public final class CancelledException extends XapiException {

    CancelledException(Failure failure, String nextStep) {
        super(failure, nextStep);
    }
}
