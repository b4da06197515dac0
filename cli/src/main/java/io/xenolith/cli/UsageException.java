package io.xenolith.cli;

/// The arguments contradict each other or the command. Nothing was begun.
public final class UsageException extends RuntimeException {

    public UsageException(String message) {
        super(message);
    }
}
