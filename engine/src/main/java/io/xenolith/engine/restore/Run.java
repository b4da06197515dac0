package io.xenolith.engine.restore;

import io.xenolith.engine.chunk.Chunking;
import java.io.IOException;
import java.nio.ByteBuffer;

/// Chunks that follow each other on the disk, collected so that one write takes them all. For use by one thread.
final class Run {

    private final Output output;

    /// Outside the heap, where the system takes it from without another copy.
    private final ByteBuffer bytes = ByteBuffer.allocateDirect(Chunking.MAX_CHUNK_BYTES);
    private long offset;

    Run(Output output) {
        this.output = output;
    }

    /// Adds `bytes[at, at + length)` for `offset` of the disk. What was added before is written if this does not follow it.
    void add(long offset, byte[] bytes, int at, int length) throws IOException {
        if (offset != this.offset + this.bytes.position() || length > this.bytes.remaining()) {
            write();
            this.offset = offset;
        }
        this.bytes.put(bytes, at, length);
    }

    /// Writes what was added.
    void write() throws IOException {
        if (bytes.position() > 0) {
            bytes.flip();
            output.write(offset, bytes);
            bytes.clear();
        }
    }
}
