package io.xenolith.repository;

import io.xenolith.repository.lock.LocalLocks;
import io.xenolith.repository.lock.Locks;
import io.xenolith.repository.storage.LocalStorage;
import io.xenolith.repository.storage.Storage;
import java.nio.file.Path;

/// Where a repository lies.
///
/// @param storage everything that is kept
/// @param locks   who works on it
/// @param index   the folder for the RocksDB; it can be lost
public record RepositoryPlace(Storage storage, Locks locks, Path index) {

    /// A repository in a directory of this machine, or of a file server.
    public static RepositoryPlace directory(Path root) {
        return new RepositoryPlace(new LocalStorage(root), new LocalLocks(root), root.resolve("index").resolve("rocksdb"));
    }
}
