package io.xenolith.nbd.client;

import io.xenolith.nbd.protocol.OptionError;

/// The server understood and said no. Asking again does not help; another name, TLS or the server's settings may.
public final class NbdRefusedException extends NbdException {
    private final OptionError error;

    NbdRefusedException(OptionError error, String message) {
        super(message, null);
        this.error = error;
    }

    public OptionError error() {
        return error;
    }
}
