package io.xenolith.repository.config;

import io.xenolith.repository.RepositoryException;

/// The last key slot was to be removed, after which nobody could read the repository.
public final class LastKeySlotException extends RepositoryException {

    LastKeySlotException(String id) {
        super("%s is the last key slot; add another one first by 'xenolith key add'".formatted(id));
    }
}
