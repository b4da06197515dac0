package io.xenolith.repository.storage;

/// An object is longer than its kind can be, so it is damaged, foreign, or of a newer version.
public final class ObjectTooLargeException extends StorageException {

    public ObjectTooLargeException(String name, String storage, long size, int limit) {
        super("%s in %s has %d bytes, more than the %d it may have; 'xenolith verify' tells what that touches"
                .formatted(name, storage, size, limit));
    }
}
