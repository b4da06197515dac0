package io.xenolith.repository.pack;

import io.xenolith.engine.chunk.ChunkId;
import java.io.IOException;
import java.util.Arrays;

/// Collects chunks that follow each other until they make a frame, compresses them together and hands them to a
/// [PackStream]. For use by one thread at a time.
public final class FrameBuilder {

    private final PackStream packs;
    private final Compressors compressors;
    private final int target;
    private byte[] bytes = new byte[0];
    private int used;
    private int[] lengths = new int[64];
    private byte[] ids = new byte[64 * ChunkId.BYTES];
    private int count;

    /// @param target  bytes of chunks that make a frame
    public FrameBuilder(PackStream packs, Compressors compressors, int target) {
        this.packs = packs;
        this.compressors = compressors;
        this.target = target;
    }

    /// Adds the chunk `source[at, at + length)`.
    ///
    /// @return how many bytes were written to packs because of that
    public long add(ChunkId id, byte[] source, int at, int length) throws IOException {
        long written = used > 0 && used + length > target ? flush() : 0;
        if (bytes.length < used + length) {
            bytes = Arrays.copyOf(bytes, Math.max(target, used + length));
        }
        System.arraycopy(source, at, bytes, used, length);
        used += length;
        if (count == lengths.length) {
            lengths = Arrays.copyOf(lengths, 2 * count);
            ids = Arrays.copyOf(ids, 2 * ids.length);
        }
        lengths[count] = length;
        id.put(ids, count * ChunkId.BYTES);
        count++;
        return written;
    }

    /// Writes what was collected.
    ///
    /// @return how many bytes that took
    public long flush() throws IOException {
        if (count == 0) {
            return 0;
        }
        var compressor = compressors.take();
        try {
            var compressed = compressor.compress(bytes, 0, used);
            var frame = new Frame(0, used, compressed.codec(), Arrays.copyOf(lengths, count),
                    Arrays.copyOf(ids, count * ChunkId.BYTES));
            used = 0;
            count = 0;
            return packs.append(frame, compressed.bytes(), compressed.offset(), compressed.length());
        } finally {
            compressors.giveBack(compressor);
        }
    }
}
