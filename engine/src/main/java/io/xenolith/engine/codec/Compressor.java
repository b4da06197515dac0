package io.xenolith.engine.codec;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.util.Objects;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;

/// Compresses frames, one after the other. Keeps its native context and its buffer from frame to frame, so have one
/// per thread; not safe for use by several. The same input and compression give the same bytes with the same version of
/// the native library only: nothing may be identified by its compressed bytes.
public final class Compressor implements AutoCloseable {

    /// A frame is compressed only where that saves at least this part of it. Less is not worth a decompression for
    /// each time it is read.
    private static final int LEAST_SAVING = 32;

    /// A compressed frame: `bytes[offset, offset + length)`, to be read with `codec`. Valid until the compressor's next
    /// frame. Where `codec` is STORED, `bytes` is the caller's own array, so that what does not shrink is not copied.
    public record Compressed(Codec codec, byte[] bytes, int offset, int length) {}

    private final Codec codec;
    private final ZstdCompressCtx zstd; // null unless chosen, it holds native memory
    private final LZ4Compressor lz4; // null unless chosen
    private byte[] buffer = new byte[0];

    public Compressor(Compression compression) {
        this.codec = compression.codec();
        // Chunk ids vouch for the content and the format around it knows the length: neither is stored once more.
        this.zstd = codec == Codec.ZSTD
                ? new ZstdCompressCtx().setLevel(compression.level()).setChecksum(false).setContentSize(false)
                : null;
        this.lz4 = codec == Codec.LZ4 ? LZ4Factory.fastestInstance().fastCompressor() : null;
    }

    /// Compresses `src[offset, offset + length)`, which may be empty.
    ///
    /// @throws IndexOutOfBoundsException if that range does not lie inside `src`
    public Compressed compress(byte[] src, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, src.length);
        int packed = switch (codec) {
            case STORED -> length;
            case ZSTD -> zstd(src, offset, length);
            case LZ4 -> lz4(src, offset, length);
        };
        return packed <= length - Math.max(1, length / LEAST_SAVING)
                ? new Compressed(codec, buffer, 0, packed)
                : new Compressed(Codec.STORED, src, offset, length);
    }

    private int zstd(byte[] src, int offset, int length) {
        reserve(Zstd.compressBound(length));
        return zstd.compressByteArray(buffer, 0, buffer.length, src, offset, length);
    }

    private int lz4(byte[] src, int offset, int length) {
        reserve(lz4.maxCompressedLength(length));
        return lz4.compress(src, offset, length, buffer, 0, buffer.length);
    }

    /// With room for the worst case, no codec has to check for the end of its output as it goes.
    private void reserve(long bound) {
        if (buffer.length < bound) {
            buffer = new byte[Math.toIntExact(bound)];
        }
    }

    @Override
    public void close() {
        if (zstd != null) {
            zstd.close();
        }
    }
}
