package io.xenolith.repository.verify;

import io.xenolith.engine.chunk.ChunkIdentity;
import io.xenolith.repository.CorruptObjectException;
import io.xenolith.repository.index.PackEntry;
import io.xenolith.repository.pack.PackReader;
import io.xenolith.repository.pack.PackTable;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;

/// Reads packs and compares every chunk with its id. For use by one thread.
public final class PackVerifier {

    private final PackReader packs;
    private final ChunkIdentity.Hasher hasher;
    private byte[] buffer = new byte[0]; // of a frame, reused for the next

    public PackVerifier(PackReader packs, ChunkIdentity identity) {
        this.packs = packs;
        this.hasher = identity.newHasher();
    }

    /// What was found in a pack.
    ///
    /// @param damaged ordinals of chunks that are not what their ids say
    /// @param finding what is wrong, as a sentence; empty if nothing is
    public record Finding(BitSet damaged, String finding) {

        public boolean ok() {
            return finding.isEmpty();
        }
    }

    /// Reads a pack.
    ///
    /// @param known    its table as the index has it, with or without ids
    /// @param recorded ordinals of chunks of which it is known already that they are damaged; nothing is said of them
    /// @throws IOException if the pack cannot be read, which says nothing about its content
    public Finding verify(PackEntry pack, PackTable known, BitSet recorded) throws IOException {
        PackTable table;
        try {
            table = packs.readTable(pack.id(), pack.length());
        } catch (CorruptObjectException e) {
            return verifyFrames(known, recorded, e.getMessage());
        }
        if (!Arrays.equals(table.encode(false), known.encode(false))) {
            return new Finding(new BitSet(), "%s: the index knows another table of it; run 'xenolith repair index'"
                    .formatted(pack.id()));
        }
        return verifyFrames(table, recorded, "");
    }

    /// Without ids (the pack's own table is gone), frames that decode are as good as can be told.
    private Finding verifyFrames(PackTable table, BitSet recorded, String finding) throws IOException {
        var damaged = new BitSet();
        for (int frame = 0; frame < table.frames(); frame++) {
            int first = table.firstChunk(frame);
            int end = table.firstChunk(frame + 1);
            try {
                packs.readFrame(table, frame, buffer(table.frameRawLength(frame)));
            } catch (CorruptObjectException e) {
                if (recorded.nextClearBit(first) < end) {
                    damaged.set(first, end);
                    finding = e.getMessage();
                }
                continue;
            }
            int offset = 0;
            for (int ordinal = first; ordinal < end; ordinal++) {
                int length = table.chunkLength(ordinal);
                boolean compared = table.hasIds() && !recorded.get(ordinal);
                if (compared && !hasher.id(buffer, offset, length).equals(table.id(ordinal))) {
                    damaged.set(ordinal);
                    finding = "%s: chunk %d in frame %d is not what its id says".formatted(table.pack(), ordinal, frame);
                }
                offset += length;
            }
        }
        return new Finding(damaged, finding);
    }

    private byte[] buffer(int length) {
        if (buffer.length < length) {
            buffer = new byte[length];
        }
        return buffer;
    }
}
