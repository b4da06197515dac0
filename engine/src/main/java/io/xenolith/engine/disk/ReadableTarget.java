package io.xenolith.engine.disk;

import java.io.IOException;
import java.nio.ByteBuffer;

/// A target that already holds an older state of the disk, so that only what differs need be written.
public interface ReadableTarget extends DiskTarget {

    /// Fills `bytes` from its position to its limit with what the target holds from `offset` on, which lies inside
    /// the disk. Safe for use by several threads.
    ///
    /// @throws IOException if the target cannot be read
    void read(long offset, ByteBuffer bytes) throws IOException;
}
