package io.xenolith.bench;

import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.disk.DiskBlocks;
import io.xenolith.engine.disk.DiskTarget;
import io.xenolith.engine.disk.Extent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A disk with holes and what a restore writes of it: the stretches between the holes, at most 1 MiB at a time. Beside the
/// holes of [DiskData], every fourth 4 MiB are one, since formats differ in what they make of long ones.
///
/// @param pieces ascending, not overlapping; all else is zeros
record SparseDisk(byte[] bytes, List<Extent> pieces) {

    private static final int FREE_BYTES = 4 << 20;
    private static final int PIECE_BYTES = 1 << 20;
    private static final byte[] ZEROS = new byte[Chunking.BLOCK_BYTES];

    /// A disk of `size` bytes, a multiple of 64 KiB.
    static SparseDisk generate(int size, long seed) {
        var bytes = DiskData.generate(size, seed);
        for (int at = 0; at < size; at += 4 * FREE_BYTES) {
            Arrays.fill(bytes, Math.min(size, at + 3 * FREE_BYTES), Math.min(size, at + 4 * FREE_BYTES), (byte) 0);
        }
        return new SparseDisk(bytes, findPieces(bytes));
    }

    private static List<Extent> findPieces(byte[] bytes) {
        var found = new ArrayList<Extent>();
        int from = 0;
        for (int at = 0; at < bytes.length; at += Chunking.BLOCK_BYTES) {
            boolean hole = Arrays.equals(bytes, at, at + Chunking.BLOCK_BYTES, ZEROS, 0, Chunking.BLOCK_BYTES);
            if (from < at && (hole || at - from == PIECE_BYTES)) {
                found.add(Extent.between(from, at));
                from = at;
            }
            from = hole ? at + Chunking.BLOCK_BYTES : from;
        }
        if (from < bytes.length) {
            found.add(Extent.between(from, bytes.length));
        }
        return found;
    }

    /// Writes and commits it: the pieces, and the holes as zeros where the target asks for them.
    void writeTo(DiskTarget target) throws IOException {
        for (var part : target.needsZeros() ? whole() : pieces) {
            target.write(part.offset(), ByteBuffer.wrap(bytes, (int) part.offset(), (int) part.length()));
        }
        target.commit();
    }

    private List<Extent> whole() {
        var parts = new ArrayList<Extent>();
        for (int at = 0; at < bytes.length; at += PIECE_BYTES) {
            parts.add(Extent.between(at, Math.min(bytes.length, at + PIECE_BYTES)));
        }
        return parts;
    }

    /// The blocks of the empty set `none` that are more than a hole.
    DiskBlocks storedIn(DiskBlocks none) {
        pieces.forEach(none::add);
        return none;
    }
}
