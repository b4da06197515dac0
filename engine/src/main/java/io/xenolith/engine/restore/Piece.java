package io.xenolith.engine.restore;

import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.map.MapChunk;
import java.util.List;

/// What one thread restores at a time.
sealed interface Piece {

    /// How many pieces were handed out before it.
    long turn();

    /// The part of the disk that it covers; at most the length of a slot and of a chunk together.
    Extent extent();

    /// The chunks that begin in one slot: from the first byte of the first one to the last byte of the last one, with
    /// holes between them.
    record Chunks(long turn, List<MapChunk> chunks) implements Piece {
        @Override
        public Extent extent() {
            return Extent.between(chunks.getFirst().offset(), chunks.getLast().end());
        }
    }

    /// Nothing but zeros.
    record Zeros(long turn, Extent extent) implements Piece {
    }
}
