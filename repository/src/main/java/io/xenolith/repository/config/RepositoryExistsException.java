package io.xenolith.repository.config;

import io.xenolith.repository.RepositoryException;

/// A new repository was asked for where something is already.
public final class RepositoryExistsException extends RepositoryException {

    RepositoryExistsException(String place) {
        super("%s holds a repository already, which was left alone; choose another place".formatted(place));
    }
}
