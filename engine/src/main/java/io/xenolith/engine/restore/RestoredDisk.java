package io.xenolith.engine.restore;

import java.util.List;

/// What came of restoring a disk.
///
/// @param size the disk's size in bytes
/// @param bytesWritten bytes given to the target, zeros included
/// @param leftOut what could not be read, in ascending order, neither overlapping nor touching
public record RestoredDisk(long size, long bytesWritten, List<LeftOut> leftOut) {

    public RestoredDisk {
        leftOut = List.copyOf(leftOut);
    }

    /// Whether nothing was left out.
    public boolean isWhole() {
        return leftOut.isEmpty();
    }
}
