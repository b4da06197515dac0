package io.xenolith.nbd.client;

/// The client was closed, before or during the call.
public final class NbdClosedException extends NbdException {
    NbdClosedException() {
        super("the NBD client is closed", null);
    }
}
