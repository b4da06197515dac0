package io.xenolith.nbd.client;

import java.io.IOException;

/// Takes what a metadata context says of an export. Called by the thread that asked.
@FunctionalInterface
public interface StatusReceiver {
    /// One extent; extents come in ascending order and leave no gap. Neighbours may have the same flags.
    ///
    /// @param length in bytes, at least 1
    /// @param flags  what they mean is up to the context; see [io.xenolith.nbd.protocol.StatusChunk#ZERO]
    void extent(long offset, long length, long flags) throws IOException;
}
