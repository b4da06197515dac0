package io.xenolith.repository.config;

import io.xenolith.repository.RepositoryException;

/// A key was to be changed in a repository that has none.
public final class NotEncryptedException extends RepositoryException {

    NotEncryptedException(String place) {
        super("%s is not encrypted and has no keys; encryption is chosen once, by 'xenolith init --encrypt'".formatted(place));
    }
}
