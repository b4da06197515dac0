package io.xenolith.repository.storage;

/// This process may not do that there: the file system is read-only or a permission is missing.
public final class StorageReadOnlyException extends StorageException {

    /// @param doing what could not be done, such as `writing packs/ab`
    public StorageReadOnlyException(String doing, String storage, Throwable cause) {
        super("no permission in %s while %s (%s); check the owner of its files and how it is mounted"
                .formatted(storage, doing, cause.getMessage()), cause);
    }
}
