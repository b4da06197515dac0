package io.xenolith.sim.disk;

import java.io.IOException;

/// A storage repository has no room for what is to be written.
public final class StorageFullException extends IOException {
    StorageFullException(long capacity) {
        super("no space left: all %d bytes of the storage are used".formatted(capacity));
    }
}
