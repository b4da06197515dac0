package io.xenolith.repository.storage;

/// There is no room left, or the quota is used up. What was committed before is untouched.
public final class StorageFullException extends StorageException {

    /// @param doing what could not be done, such as `writing packs/ab`
    public StorageFullException(String doing, String storage, Throwable cause) {
        super("no space left in %s while %s; free space or run 'xenolith prune'".formatted(storage, doing), cause);
    }
}
