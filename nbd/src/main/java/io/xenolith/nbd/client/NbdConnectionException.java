package io.xenolith.nbd.client;

/// No connection to the server came about or lasted, although it was tried as often as the options allow. The cause is
/// what ended the last one. Trying later may help.
public final class NbdConnectionException extends NbdException {
    NbdConnectionException(String message, Throwable cause) {
        super(message, cause);
    }
}
