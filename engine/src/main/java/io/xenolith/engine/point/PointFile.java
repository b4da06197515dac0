package io.xenolith.engine.point;

import io.xenolith.engine.chunk.ChunkId;

/// A file that a restore point keeps beside the disks, byte for byte: what describes the machine, such as an `ova.xml`.
///
/// @param name what it is called, such as `ova.xml`; unique within its point
/// @param size in bytes
/// @param root the root id of its block map
public record PointFile(String name, long size, ChunkId root) implements PointPart {
}
