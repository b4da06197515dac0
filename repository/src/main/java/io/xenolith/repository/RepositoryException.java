package io.xenolith.repository;

import java.io.IOException;

/// Something about a repository that its user has to decide on. Each subclass is one such decision.
public abstract class RepositoryException extends IOException {

    protected RepositoryException(String message) {
        super(message);
    }

    protected RepositoryException(String message, Throwable cause) {
        super(message, cause);
    }
}
