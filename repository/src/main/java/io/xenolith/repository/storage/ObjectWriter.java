package io.xenolith.repository.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/// An object on its way into the storage. For use by one thread at a time; of no use after its first failure.
public interface ObjectWriter extends Closeable {

    /// Appends all that remains in `bytes`.
    ///
    /// @throws StorageFullException if there is no room for it
    void write(ByteBuffer bytes) throws IOException;

    /// Bytes written so far, which is the offset of the next one.
    long position();

    /// Makes the object visible under its name. When this returns, the whole of it survives a power loss. If it fails, the
    /// object is either not there or there as a whole.
    ///
    /// @throws ObjectExistsException if the name is taken; what it holds is left alone
    void commit() throws IOException;

    /// Discards the object, unless it was committed.
    @Override
    void close() throws IOException;
}
