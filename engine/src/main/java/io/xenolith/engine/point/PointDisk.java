package io.xenolith.engine.point;

import io.xenolith.engine.chunk.ChunkId;
import java.util.Optional;

/// A disk of a restore point.
///
/// @param name        what the disk is called on the command line, a device such as `xvda`; unique within its point
/// @param size        in bytes
/// @param root        the root id of its block map
/// @param bytesRead   read from the source
/// @param bytesNew    of chunks that the repository did not have, before compression
/// @param bytesStored what the repository grew by for this disk
/// @param wholeReason why all of it was read although only the changes were asked for
public record PointDisk(String name, long size, ChunkId root, long bytesRead, long bytesNew, long bytesStored,
        Optional<String> wholeReason) {
}
