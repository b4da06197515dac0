package io.xenolith.nbd.client;

/// A new connection shows another export than the first one did. Nothing more is read; open a new client if the change was
/// meant.
public final class NbdExportChangedException extends NbdException {
    NbdExportChangedException(String message) {
        super(message, null);
    }
}
