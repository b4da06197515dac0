package io.xenolith.engine.restore;

import io.xenolith.engine.disk.DiskBlocks;
import io.xenolith.engine.disk.DiskTarget;
import io.xenolith.engine.disk.Extent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// A target, and how much was written to it. Takes writes from several threads if the target does.
final class Output {

    /// The most that is written or read at a time where no chunk says how much.
    static final int MAX_BYTES = 1 << 20;

    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(MAX_BYTES).asReadOnlyBuffer();

    private final DiskTarget target;
    private final Optional<DiskBlocks> only;
    private final AtomicLong bytesWritten = new AtomicLong();

    /// @param only the blocks to write; what lies in others is left out
    Output(DiskTarget target, Optional<DiskBlocks> only) {
        this.target = target;
        this.only = only;
    }

    /// Writes all that remains in `bytes`, as far as it is to be written.
    void write(long offset, ByteBuffer bytes) throws IOException {
        if (only.isEmpty()) {
            writeAll(offset, bytes);
            return;
        }
        int start = bytes.position();
        for (var part : only.get().within(new Extent(offset, bytes.remaining()))) {
            writeAll(part.offset(), bytes.slice(start + (int) (part.offset() - offset), (int) part.length()));
        }
    }

    private void writeAll(long offset, ByteBuffer bytes) throws IOException {
        int length = bytes.remaining();
        target.write(offset, bytes);
        bytesWritten.addAndGet(length);
    }

    void writeZeros(Extent extent) throws IOException {
        for (long at = extent.offset(); at < extent.end(); at += MAX_BYTES) {
            write(at, ZEROS.slice(0, (int) Math.min(MAX_BYTES, extent.end() - at)));
        }
    }

    long bytesWritten() {
        return bytesWritten.get();
    }
}
