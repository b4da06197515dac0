package io.xenolith.source.history;

/// Something on the share looks like a backup and is none that can be read. The message is the reason.
final class NotUnderstoodException extends Exception {

    NotUnderstoodException(String reason) {
        super(reason);
    }

    NotUnderstoodException(String reason, Throwable cause) {
        super(reason, cause);
    }
}
