package io.xenolith.repository.storage;

import java.io.IOException;

/// A definite answer of a storage that is not the one hoped for; asking again changes nothing until someone acts.
public abstract sealed class StorageException extends IOException
        permits ObjectExistsException,
                ObjectMissingException,
                ObjectTooLargeException,
                StorageFullException,
                StorageReadOnlyException {

    StorageException(String message) {
        super(message);
    }

    StorageException(String message, Throwable cause) {
        super(message, cause);
    }
}
