package io.xenolith.repository.config;

import io.xenolith.repository.RepositoryException;

/// The repository was made by a newer program, which alone can use it.
public final class RepositoryVersionException extends RepositoryException {

    RepositoryVersionException(int version, int known) {
        super("the repository has version %d, this program knows versions up to %d; use a newer xenolith"
                .formatted(version, known));
    }
}
