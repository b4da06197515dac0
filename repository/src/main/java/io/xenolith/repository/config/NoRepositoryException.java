package io.xenolith.repository.config;

import io.xenolith.repository.RepositoryException;

/// There is no repository at that place.
public final class NoRepositoryException extends RepositoryException {

    NoRepositoryException(String place) {
        super("there is no repository in %s; check the path, or make one with 'xenolith -r %s init'".formatted(place, place));
    }
}
