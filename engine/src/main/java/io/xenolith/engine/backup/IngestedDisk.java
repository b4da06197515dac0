package io.xenolith.engine.backup;

import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.point.PointDisk;
import java.util.Optional;

/// What became of a disk.
///
/// @param root        the root id of its block map
/// @param size        the disk's size in bytes
/// @param bytesRead   bytes read from the source
/// @param bytesNew    bytes of chunks that the store did not have, before compression
/// @param bytesStored by how many bytes the store grew, map nodes included
/// @param reading     how the source was read
public record IngestedDisk(ChunkId root, long size, long bytesRead, long bytesNew, long bytesStored, Reading reading) {

    /// The disk as a restore point has it.
    ///
    /// @param name what it is called there
    public PointDisk named(String name) {
        Optional<String> reason = reading instanceof Reading.WholeInstead instead ? Optional.of(instead.reason())
                : Optional.empty();
        return new PointDisk(name, size, root, bytesRead, bytesNew, bytesStored, reason);
    }
}
