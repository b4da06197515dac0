package io.xenolith.repository.lock;

/// A lock that is held, until it is closed or its process dies. Any thread may close it; closing again does nothing.
public interface RepositoryLock extends AutoCloseable {

    LockMode mode();

    @Override
    void close();
}
