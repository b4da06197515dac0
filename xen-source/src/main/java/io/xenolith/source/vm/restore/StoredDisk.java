package io.xenolith.source.vm.restore;

import io.xenolith.engine.disk.DiskBlocks;
import io.xenolith.engine.disk.DiskSource;
import io.xenolith.engine.disk.DiskTarget;
import java.io.IOException;

/// A disk of a restore point. Safe for use by several threads.
public interface StoredDisk {

    /// What the restore point calls it, such as `xvda`.
    String name();

    /// In bytes.
    long size();

    /// The name that somebody gave it, or empty.
    String label();

    /// The blocks that hold anything but holes.
    DiskBlocks blocks(int blockBytes) throws IOException;

    /// Writes the disk, and neither commits nor closes `target`. Waits while that is slower.
    void write(DiskTarget target) throws IOException, InterruptedException;

    /// As [#write(DiskTarget)], of what lies in some blocks, for a target that does not ask for zeros.
    void write(DiskBlocks only, DiskTarget target) throws IOException, InterruptedException;

    /// The disk to be read at any offset.
    DiskSource open() throws IOException;
}
