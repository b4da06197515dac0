package io.xenolith.source.xapi.error;

/// The host does not know the session any more. Calls that can be repeated without harm never throw it unless logging
/// in again did not help; after one that was not repeated the next call finds a new session.
public final class SessionLostException extends XapiException {

    SessionLostException(Failure failure, String nextStep) {
        super(failure, nextStep);
    }
}
