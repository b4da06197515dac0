package io.xenolith.engine.point;

import io.xenolith.engine.chunk.ChunkId;

/// Bytes of a restore point that have a block map of their own.
public sealed interface PointPart permits PointDisk, PointFile {

    /// What the part is called; unique among the disks or files of its point.
    String name();

    /// In bytes.
    long size();

    /// The root id of its block map.
    ChunkId root();
}
