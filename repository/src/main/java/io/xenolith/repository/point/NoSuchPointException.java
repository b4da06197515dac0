package io.xenolith.repository.point;

import io.xenolith.repository.RepositoryException;

/// What was given names no restore point.
public final class NoSuchPointException extends RepositoryException {

    NoSuchPointException(String reference, String finding) {
        super("'%s' names no restore point: %s; 'xenolith list' shows what there is".formatted(reference, finding));
    }
}
