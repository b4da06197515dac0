package io.xenolith.engine.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/// A disk frozen at one moment, readable at any offset. Safe for use by several threads; its content does not change
/// until [#close()].
public interface DiskSource extends Closeable {

    /// The disk's size in bytes; any number from 0 on.
    long size();

    /// Fills `target` from its position to its limit with the bytes from `offset` on. Any offset and length inside
    /// the disk will do.
    ///
    /// @throws java.io.EOFException if the disk turns out to end earlier; the content of `target` is then undefined
    /// @throws IOException if the disk cannot be read
    void read(long offset, ByteBuffer target) throws IOException;

    /// Which bytes of `extent` may hold anything but zeros. What is left out reads as zeros and need not be read.
    /// `extent` lies inside the disk. A source that does not know answers with all of it.
    ///
    /// @throws IOException if the source fails while finding out
    default Extents allocated(Extent extent) throws IOException {
        return Extents.of(extent);
    }
}
