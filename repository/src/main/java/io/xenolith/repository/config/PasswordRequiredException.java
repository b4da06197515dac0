package io.xenolith.repository.config;

import io.xenolith.repository.RepositoryException;

/// The repository is encrypted and no password was given, or none of its key slots takes the one that was.
public final class PasswordRequiredException extends RepositoryException {

    PasswordRequiredException(String message) {
        super(message);
    }
}
