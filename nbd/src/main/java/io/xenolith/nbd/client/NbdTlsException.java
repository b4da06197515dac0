package io.xenolith.nbd.client;

/// TLS could not be had or the server is not the one that was expected. Nothing was sent in the clear instead. A fresh
/// certificate from the pool may help; trying again does not.
public final class NbdTlsException extends NbdException {
    NbdTlsException(String message, Throwable cause) {
        super(message, cause);
    }
}
