package io.xenolith.engine.backup;

import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.disk.DeltaStream;
import io.xenolith.engine.disk.DiskSource;
import io.xenolith.engine.disk.DiskStream;

/// A disk to be backed up, and how.
public sealed interface DiskInput {

    /// What the disk is called in the restore point.
    String name();

    /// All of it is read.
    record Whole(String name, DiskSource source) implements DiskInput {
    }

    /// It arrives in order, all of it.
    record Stream(String name, DiskStream stream) implements DiskInput {
    }

    /// What changed since a base is read.
    record Changed(String name, DiskSource source, ChangesSince changes) implements DiskInput {
    }

    /// All of it is read although only the changes were asked for.
    ///
    /// @param reason why, as a sentence for the user
    record WholeInstead(String name, DiskSource source, String reason) implements DiskInput {
    }

    /// What changed since a base arrives in order.
    ///
    /// @param base the root id of the disk that the changes count from
    record Delta(String name, DeltaStream delta, ChunkId base) implements DiskInput {
    }
}
