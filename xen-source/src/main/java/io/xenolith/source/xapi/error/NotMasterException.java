package io.xenolith.source.xapi.error;

/// The host is not the pool's coordinator.
public final class NotMasterException extends XapiException {

    NotMasterException(Failure failure, String nextStep) {
        super(failure, nextStep);
    }

    /// The coordinator's address as the host gave it; an IPv6 address stands without brackets.
    public String master() {
        return parameters().isEmpty() ? "" : parameters().getFirst();
    }
}
