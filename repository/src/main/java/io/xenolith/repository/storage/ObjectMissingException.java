package io.xenolith.repository.storage;

/// The storage answered, and it has no object of that name.
public final class ObjectMissingException extends StorageException {

    public ObjectMissingException(String name, String storage) {
        super("there is no %s in %s; 'xenolith verify' tells which restore points need it".formatted(name, storage));
    }
}
