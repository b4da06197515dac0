package io.xenolith.engine.map;

import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.disk.Extent;

/// A chunk in its place on a disk.
///
/// @param offset where it begins on the disk, in bytes
/// @param length its length in bytes, at least 1
public record MapChunk(long offset, int length, ChunkId id) {

    /// The first byte behind the chunk.
    public long end() {
        return offset + length;
    }

    public Extent extent() {
        return new Extent(offset, length);
    }
}
