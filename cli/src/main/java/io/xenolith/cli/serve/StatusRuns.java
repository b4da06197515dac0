package io.xenolith.cli.serve;

import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import io.xenolith.nbd.server.Export.StatusReceiver;
import java.io.IOException;

/// Tells clients which bytes are in a set and which are not.
///
/// @param set     asked for a stretch at a time, so that memory stays bounded
/// @param inside  the flags of what is in the set
/// @param outside the flags of what is not
record StatusRuns(Set set, int inside, int outside) {

    private static final long STRETCH = 256L << 20;

    /// Bytes of a disk.
    interface Set {
        /// Those that lie in `stretch`.
        Extents within(Extent stretch) throws IOException;
    }

    /// Tells about an extent until `receiver` has enough.
    void tell(long offset, long length, StatusReceiver receiver) throws IOException {
        long end = offset + length;
        boolean more = true;
        for (long at = offset; more && at < end; at = Math.min(end, at + STRETCH)) {
            more = tell(Extent.between(at, Math.min(end, at + STRETCH)), receiver);
        }
    }

    private boolean tell(Extent stretch, StatusReceiver receiver) throws IOException {
        long at = stretch.offset();
        for (var run : set.within(stretch)) {
            if (at < run.offset() && !receiver.extent(run.offset() - at, outside) || !receiver.extent(run.length(), inside)) {
                return false;
            }
            at = run.end();
        }
        return at == stretch.end() || receiver.extent(stretch.end() - at, outside);
    }
}
