package io.xenolith.engine.restore;

import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.store.ChunkSource;

/// What one thread restores at a time.
sealed interface Piece {

    /// How many pieces were handed out before it.
    long turn();

    /// How many bytes of the disk it stands for.
    long bytes();

    /// Some chunks. For a target that is written in sequence, all that begin in one slot, with the holes between them: from
    /// the first byte of the first one to the last byte of the last one. Else what is best read at once, and no holes.
    record Chunks(long turn, ChunkSource.Batch batch, long bytes) implements Piece {
    }

    /// Nothing but zeros.
    record Zeros(long turn, Extent extent) implements Piece {
        @Override
        public long bytes() {
            return extent.length();
        }
    }
}
