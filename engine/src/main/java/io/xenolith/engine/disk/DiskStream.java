package io.xenolith.engine.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/// A disk that arrives in order and once, its length unknown until it ends. For use by one thread at a time.
public interface DiskStream extends Closeable {

    /// Reads on into `target` until it is full or the stream ends; blocks as long as that takes. A return with room
    /// left in `target` means the end.
    ///
    /// @throws IOException if the stream fails; it cannot be read on then
    void read(ByteBuffer target) throws IOException;

    /// Passes over zeros that the stream knows of, so that they need not be copied: moves on by as many bytes as are
    /// known to be zeros from here on, at most `limit`, and tells how many that were; 0 if the next byte may be anything
    /// or the stream has ended.
    ///
    /// @throws IOException if the stream fails; it cannot be read on then
    default long skipZeros(long limit) throws IOException {
        return 0;
    }
}
