package io.xenolith.repository;

import io.xenolith.repository.lock.LocalLocks;
import io.xenolith.repository.lock.Locks;
import io.xenolith.repository.storage.LocalStorage;
import io.xenolith.repository.storage.OwnerOnly;
import io.xenolith.repository.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where a repository lies.
///
/// @param storage everything that is kept
/// @param locks   who works on it
/// @param index   the folder for the RocksDB; it can be lost
public record RepositoryPlace(Storage storage, Locks locks, Path index) {

    /// A place for a new repository: the directory is made if it is not there.
    public static RepositoryPlace newDirectory(Path root) throws IOException {
        Files.createDirectories(root, OwnerOnly.folder(root));
        return directory(root);
    }

    /// A repository in a directory of this machine, or of a file server.
    public static RepositoryPlace directory(Path root) {
        return new RepositoryPlace(new LocalStorage(root), new LocalLocks(root), root.resolve("index").resolve("rocksdb"));
    }
}
