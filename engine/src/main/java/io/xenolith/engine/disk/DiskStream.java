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
}
