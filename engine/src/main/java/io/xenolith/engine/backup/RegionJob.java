package io.xenolith.engine.backup;

import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.map.MapChunk;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// A region of a disk to be cut into chunks and stored, by one thread from beginning to end.
interface RegionJob {

    /// The region; at the disk's end it may be shorter.
    Extent region();

    /// Cuts and stores what has to be.
    ///
    /// @return all chunks of the region, in the order of their offsets
    List<MapChunk> run(RegionWorker worker) throws IOException;

    /// Where the jobs of a disk come from.
    interface Feed {
        /// The next job, or none any more. Called by several threads.
        Optional<RegionJob> next() throws IOException;
    }
}
