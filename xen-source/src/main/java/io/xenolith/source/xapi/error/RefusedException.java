package io.xenolith.source.xapi.error;

/// Only a person can change what stands in the way: a setting, a licence, a permission, space, the state of a VM.
public final class RefusedException extends XapiException {

    RefusedException(Failure failure, String nextStep) {
        super(failure, nextStep);
    }
}
