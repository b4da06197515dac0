package io.xenolith.cli;

/// The arguments contradict each other or the command. Nothing was begun.
final class UsageException extends RuntimeException {

    UsageException(String message) {
        super(message);
    }
}
