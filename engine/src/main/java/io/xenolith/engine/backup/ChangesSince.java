package io.xenolith.engine.backup;

import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.disk.Extents;

/// What is said to have changed on a disk since a base.
///
/// @param base    the root id of the disk as it was
/// @param changed the bytes that may differ since; what lies beyond the base's end counts as changed anyway
public record ChangesSince(ChunkId base, Extents changed) {
}
