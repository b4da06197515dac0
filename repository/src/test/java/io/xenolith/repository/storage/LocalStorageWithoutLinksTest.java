package io.xenolith.repository.storage;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/// The same promises on a file system that has no hard links.
class LocalStorageWithoutLinksTest extends StorageContract {

    @TempDir
    Path root;

    @Override
    protected Storage open() {
        return new LocalStorage(root, Publication.RENAME);
    }

    @Override
    protected Storage reopen(Storage storage) {
        return open();
    }
}
