package io.xenolith.nbd.server;

import io.xenolith.nbd.protocol.StatusChunk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Gathers what an export says about an extent: neighbours that say the same become one, nothing reaches past the
/// extent's end, and there is an end to it.
final class StatusCollector implements Export.StatusReceiver {
    private final List<StatusChunk.Extent> extents = new ArrayList<>();
    private final int most;
    private long left;
    private long runLength;
    private int runFlags;

    private StatusCollector(long length, int most) {
        this.left = length;
        this.most = most;
    }

    /// What `context` says about `length` bytes from `offset` on, at most `most` extents: at least one, and less than
    /// `length` bytes together where more would be needed.
    ///
    /// @throws IOException if the export fails, or says nothing
    static List<StatusChunk.Extent> collect(Export export, String context, long offset, long length, int most)
            throws IOException {
        var collector = new StatusCollector(length, most);
        export.status(context, offset, length, collector);
        collector.endRun();
        if (collector.extents.isEmpty()) {
            throw new IOException("nothing is known about %s of the bytes from %d on".formatted(context, offset));
        }
        return collector.extents;
    }

    @Override
    public boolean extent(long length, int flags) {
        if (length < 1) {
            throw new IllegalArgumentException("an extent of " + length + " bytes");
        }
        if (runLength > 0 && flags != runFlags) {
            endRun();
        }
        if (left == 0 || extents.size() == most) {
            return false;
        }
        runFlags = flags;
        runLength += Math.min(length, left);
        left -= Math.min(length, left);
        return left > 0;
    }

    private void endRun() {
        if (runLength > 0) {
            extents.add(new StatusChunk.Extent(runLength, Integer.toUnsignedLong(runFlags)));
            runLength = 0;
        }
    }
}
