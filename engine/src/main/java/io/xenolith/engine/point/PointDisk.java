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
/// @param label       what people call the disk where it came from
/// @param uuid        what its hypervisor knows it by; `vhd:` and the id of the VHD, if it was read from one
public record PointDisk(String name, long size, ChunkId root, long bytesRead, long bytesNew, long bytesStored,
        Optional<String> wholeReason, Optional<String> label, Optional<String> uuid) implements PointPart {

    /// A disk of which nothing is known but its bytes.
    public PointDisk(String name, long size, ChunkId root, long bytesRead, long bytesNew, long bytesStored,
            Optional<String> wholeReason) {
        this(name, size, root, bytesRead, bytesNew, bytesStored, wholeReason, Optional.empty(), Optional.empty());
    }

    /// The same disk, read as a whole for `reason`.
    public PointDisk readWhole(String reason) {
        return new PointDisk(name, size, root, bytesRead, bytesNew, bytesStored, Optional.of(reason), label, uuid);
    }

    /// The same disk, known by a label and a UUID where it came from.
    public PointDisk known(Optional<String> label, Optional<String> uuid) {
        return new PointDisk(name, size, root, bytesRead, bytesNew, bytesStored, wholeReason, label, uuid);
    }
}
