package io.xenolith.repository.storage;

import java.util.Objects;

/// An object as a listing shows it.
///
/// @param name its whole name
/// @param size bytes, at least 0
public record StoredObject(String name, long size) {

    public StoredObject {
        Objects.requireNonNull(name, "name");
        if (size < 0) {
            throw new IllegalArgumentException("size of %s is %d".formatted(name, size));
        }
    }
}
