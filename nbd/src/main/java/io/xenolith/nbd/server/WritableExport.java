package io.xenolith.nbd.server;

import java.io.IOException;
import java.nio.ByteBuffer;

/// An export that clients may write to.
///
/// A write is visible to reads that begin after its method returned. It survives a power loss from the next
/// [#flush()] that began after that return, or at once if `durable` was asked for.
public interface WritableExport extends Export {

    /// Writes what `source`, a direct buffer, holds from its position to its limit.
    ///
    /// @throws IOException if it cannot be written whole; the extent then holds any mixture of old and new bytes
    void write(long offset, ByteBuffer source, boolean durable) throws IOException;

    /// Makes the extent read as zeros. With `keepAllocated`, later writes to it must not fail for lack of space.
    ///
    /// @throws IOException as with [#write]
    void zero(long offset, long length, boolean keepAllocated, boolean durable) throws IOException;

    /// Says that the content of the extent is of no interest any more. Doing nothing is an answer.
    ///
    /// @throws IOException as with [#write]
    void trim(long offset, long length, boolean durable) throws IOException;

    /// When this returns, everything that was written before the call survives a power loss.
    ///
    /// @throws IOException if that cannot be said of every write since the last flush that succeeded
    void flush() throws IOException;
}
