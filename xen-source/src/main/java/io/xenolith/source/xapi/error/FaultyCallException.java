package io.xenolith.source.xapi.error;

/// A call that no pool would accept, or a failure this program has no entry for. Asking again does not help.
public final class FaultyCallException extends XapiException {

    FaultyCallException(Failure failure, String nextStep) {
        super(failure, nextStep);
    }
}
