package io.xenolith.repository.storage;

/// The name is taken by another object, which was left alone.
public final class ObjectExistsException extends StorageException {

    public ObjectExistsException(String name, String storage) {
        super("%s already exists in %s and is never overwritten".formatted(name, storage));
    }
}
