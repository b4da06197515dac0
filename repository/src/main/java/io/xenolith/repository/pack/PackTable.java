package io.xenolith.repository.pack;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.codec.Codec;
import io.xenolith.engine.codec.UnknownCodecException;
import io.xenolith.repository.CorruptObjectException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// What is in a pack: its frames, and the chunks in them by *ordinal*, their number in the pack. Immutable.
///
/// Integers are little-endian.
///
/// | bytes          | field         | meaning                                                          |
/// |---------------:|---------------|------------------------------------------------------------------|
/// |              4 | frames        | how many, 1 to 65,536                                            |
/// |              4 | chunks        | how many, 1 to 65,536                                            |
/// |   4 per frame  | stored length | bytes of the frame in the pack, the GCM tag included             |
/// |   4 per frame  | raw length    | sum of its chunks' lengths; at most 8 MiB                        |
/// |   4 per frame  | chunk count   | at least 1                                                       |
/// |   1 per frame  | codec         | see [Codec]                                                      |
/// |   4 per chunk  | length        | at least 1                                                       |
/// |  32 per chunk  | id            |                                                                  |
///
/// Frames follow each other from byte 32 of the pack on, chunks from the start of their frame, both without gaps; so
/// there are no offsets that could lie.
public final class PackTable {

    /// The most chunks in a pack, so that an ordinal takes two bytes.
    public static final int MAX_CHUNKS = 1 << 16;

    /// The longest frame before compression.
    public static final int MAX_FRAME_BYTES = 8 << 20;

    /// The longest encoded table.
    public static final int MAX_BYTES = 8 + MAX_CHUNKS * (13 + 4 + ChunkId.BYTES);

    private static final int MAX_STORED_FRAME_BYTES = MAX_FRAME_BYTES + (64 << 10);

    private final PackId pack;
    private final long[] frameOffset;   // one more than frames: the last is where the table begins
    private final int[] frameRaw;
    private final byte[] frameCodec;
    private final int[] firstChunk;     // one more than frames
    private final int[] chunkLength;
    private final byte[] ids;           // 32 bytes a chunk; empty when loaded without

    private PackTable(PackId pack, long[] frameOffset, int[] frameRaw, byte[] frameCodec, int[] firstChunk,
            int[] chunkLength, byte[] ids) {
        this.pack = pack;
        this.frameOffset = frameOffset;
        this.frameRaw = frameRaw;
        this.frameCodec = frameCodec;
        this.firstChunk = firstChunk;
        this.chunkLength = chunkLength;
        this.ids = ids;
    }

    public PackId pack() {
        return pack;
    }

    public int frames() {
        return frameRaw.length;
    }

    public int chunks() {
        return chunkLength.length;
    }

    public long frameOffset(int frame) {
        return frameOffset[frame];
    }

    public int frameStoredLength(int frame) {
        return (int) (frameOffset[frame + 1] - frameOffset[frame]);
    }

    public int frameRawLength(int frame) {
        return frameRaw[frame];
    }

    /// The frame's codec. Decoding has checked that it is known.
    public Codec frameCodec(int frame) {
        try {
            return Codec.fromNumber(frameCodec[frame]);
        } catch (UnknownCodecException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The ordinal of the first chunk of a frame; for the frame behind the last one, the number of chunks.
    public int firstChunk(int frame) {
        return firstChunk[frame];
    }

    /// The frame that holds a chunk.
    public int frameOf(int ordinal) {
        int found = Arrays.binarySearch(firstChunk, ordinal);
        return found >= 0 ? found : -found - 2;
    }

    public int chunkLength(int ordinal) {
        return chunkLength[ordinal];
    }

    /// Where a chunk begins in its frame, before compression.
    public int offsetInFrame(int ordinal) {
        int offset = 0;
        for (int i = firstChunk[frameOf(ordinal)]; i < ordinal; i++) {
            offset += chunkLength[i];
        }
        return offset;
    }

    /// Whether the table was decoded with ids.
    public boolean hasIds() {
        return ids.length > 0;
    }

    /// The id of a chunk.
    ///
    /// @throws IllegalStateException if the table was decoded without ids
    public ChunkId id(int ordinal) {
        if (!hasIds()) {
            throw new IllegalStateException("the table of %s was read without ids".formatted(pack));
        }
        return ChunkId.of(ids, ordinal * ChunkId.BYTES);
    }

    /// Bytes of all chunks, before compression.
    public long rawBytes() {
        long bytes = 0;
        for (int raw : frameRaw) {
            bytes += raw;
        }
        return bytes;
    }

    /// The first byte behind the frames, where the table begins in the pack.
    public long framesEnd() {
        return frameOffset[frames()];
    }

    /// The table's bytes.
    ///
    /// @param withIds whether the ids come along; a table without them can tell where chunks are, but not which
    public byte[] encode(boolean withIds) {
        var out = ByteBuffer.allocate(8 + frames() * 13 + chunks() * 4 + (withIds ? ids.length : 0)).order(LITTLE_ENDIAN);
        out.putInt(frames()).putInt(chunks());
        for (int frame = 0; frame < frames(); frame++) {
            out.putInt(frameStoredLength(frame));
        }
        for (int raw : frameRaw) {
            out.putInt(raw);
        }
        for (int frame = 0; frame < frames(); frame++) {
            out.putInt(firstChunk[frame + 1] - firstChunk[frame]);
        }
        out.put(frameCodec);
        for (int length : chunkLength) {
            out.putInt(length);
        }
        return (withIds ? out.put(ids) : out).array();
    }

    /// Decodes a table and believes nothing that it has not checked.
    ///
    /// @throws CorruptObjectException if the table contradicts itself
    public static PackTable decode(PackId pack, byte[] bytes, boolean withIds) throws CorruptObjectException {
        var in = ByteBuffer.wrap(bytes).order(LITTLE_ENDIAN);
        int frames = in.remaining() < 8 ? -1 : in.getInt();
        int chunks = frames < 0 ? -1 : in.getInt();
        if (frames < 1 || frames > MAX_CHUNKS || chunks < frames || chunks > MAX_CHUNKS
                || in.remaining() != frames * 13 + chunks * (withIds ? 4 + ChunkId.BYTES : 4)) {
            throw new CorruptObjectException(pack.name(), "a table of %d frames and %d chunks in %d bytes"
                    .formatted(frames, chunks, bytes.length));
        }
        var builder = new Builder(pack, frames, chunks);
        for (int frame = 0; frame < frames; frame++) {
            builder.frameOffset[frame + 1] = builder.frameOffset[frame] + builder.bounded(in.getInt(), MAX_STORED_FRAME_BYTES);
        }
        for (int frame = 0; frame < frames; frame++) {
            builder.frameRaw[frame] = builder.bounded(in.getInt(), MAX_FRAME_BYTES);
        }
        for (int frame = 0; frame < frames; frame++) {
            int left = chunks - builder.firstChunk[frame]; // so that the sum cannot overflow
            builder.firstChunk[frame + 1] = builder.firstChunk[frame] + builder.bounded(in.getInt(), left);
        }
        in.get(builder.frameCodec);
        for (int chunk = 0; chunk < chunks; chunk++) {
            builder.chunkLength[chunk] = builder.bounded(in.getInt(), MAX_FRAME_BYTES);
        }
        var ids = new byte[in.remaining()];
        in.get(ids);
        return builder.check(ids);
    }

    private static final class Builder {
        private final PackId pack;
        private final long[] frameOffset;
        private final int[] frameRaw;
        private final byte[] frameCodec;
        private final int[] firstChunk;
        private final int[] chunkLength;

        Builder(PackId pack, int frames, int chunks) {
            this.pack = pack;
            frameOffset = new long[frames + 1];
            frameOffset[0] = PackFormat.HEADER_BYTES;
            frameRaw = new int[frames];
            frameCodec = new byte[frames];
            firstChunk = new int[frames + 1];
            chunkLength = new int[chunks];
        }

        int bounded(int length, int max) throws CorruptObjectException {
            if (length < 1 || length > max) {
                throw new CorruptObjectException(pack.name(), "its table has a length or count of %d".formatted(length));
            }
            return length;
        }

        PackTable check(byte[] ids) throws CorruptObjectException {
            if (firstChunk[frameRaw.length] != chunkLength.length) {
                throw new CorruptObjectException(pack.name(), "its frames hold %d chunks, its table has %d"
                        .formatted(firstChunk[frameRaw.length], chunkLength.length));
            }
            for (int frame = 0; frame < frameRaw.length; frame++) {
                long sum = 0;
                for (int chunk = firstChunk[frame]; chunk < firstChunk[frame + 1]; chunk++) {
                    sum += chunkLength[chunk];
                }
                if (sum != frameRaw[frame]) {
                    throw new CorruptObjectException(pack.name(),
                            "frame %d has %d bytes, its chunks have %d".formatted(frame, frameRaw[frame], sum));
                }
                try {
                    Codec.fromNumber(frameCodec[frame]);
                } catch (UnknownCodecException e) {
                    throw new CorruptObjectException(pack.name(), e.getMessage());
                }
            }
            return new PackTable(pack, frameOffset, frameRaw, frameCodec, firstChunk, chunkLength, ids);
        }
    }
}
