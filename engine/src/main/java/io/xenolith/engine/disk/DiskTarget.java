package io.xenolith.engine.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/// Where a restored disk goes. What is nowhere written reads as zeros afterwards, or the target asks for zeros
/// by [#needsZeros()].
public interface DiskTarget extends Closeable {

    /// Whether writes come in the order of their offsets, from one thread at a time, and without gaps if it
    /// [#needsZeros()]. A target that answers false takes them in any order from several threads at once.
    boolean sequential();

    /// Whether holes must be written as zeros, because the target holds something else there.
    boolean needsZeros();

    /// Writes all that remains in `bytes` at `offset`. Writes never overlap.
    ///
    /// @throws IOException if the target cannot take it (full, gone, too small)
    void write(long offset, ByteBuffer bytes) throws IOException;

    /// Makes the whole disk durable under its name. Without it, [#close()] leaves nothing that looks finished.
    ///
    /// @throws IOException if that fails; the target is then not to be trusted
    void commit() throws IOException;
}
