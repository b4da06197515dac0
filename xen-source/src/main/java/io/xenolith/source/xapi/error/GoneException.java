package io.xenolith.source.xapi.error;

/// The object does not exist any more, or never did in this pool. Done already, for whoever wanted it deleted.
public final class GoneException extends XapiException {

    GoneException(Failure failure, String nextStep) {
        super(failure, nextStep);
    }
}
