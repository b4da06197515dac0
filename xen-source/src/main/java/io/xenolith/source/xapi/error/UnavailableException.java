package io.xenolith.source.xapi.error;

/// This host, storage or disk cannot do it; there is another way to the same end.
public final class UnavailableException extends XapiException {

    UnavailableException(Failure failure, String nextStep) {
        super(failure, nextStep);
    }
}
