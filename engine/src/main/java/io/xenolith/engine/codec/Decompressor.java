package io.xenolith.engine.codec;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.util.Objects;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/// Gets plain bytes back, whatever codec they were stored with. Trusts no byte of its input. Have one per thread; not
/// safe for use by several.
public final class Decompressor implements AutoCloseable {

    private ZstdDecompressCtx zstd; // made on first use, it holds native memory
    private LZ4SafeDecompressor lz4;
    private boolean closed;

    /// Decompresses `src[srcOffset, srcOffset + srcLength)` into `dst[dstOffset, dstOffset + rawLength)`. The arrays
    /// must not be the same one.
    ///
    /// @throws CorruptFrameException if what comes out is not exactly `rawLength` bytes; `dst` holds anything in the
    ///         range given then, and is untouched around it
    /// @throws IndexOutOfBoundsException if a range does not lie inside its array
    /// @throws IllegalStateException after [#close()]
    public void decompress(Codec codec, byte[] src, int srcOffset, int srcLength, byte[] dst, int dstOffset, int rawLength)
            throws CorruptFrameException {
        Objects.checkFromIndexSize(srcOffset, srcLength, src.length);
        Objects.checkFromIndexSize(dstOffset, rawLength, dst.length);
        if (closed) {
            throw new IllegalStateException("the decompressor is closed");
        }
        int found = switch (codec) {
            case STORED -> copy(src, srcOffset, srcLength, dst, dstOffset, rawLength);
            case ZSTD -> zstd(src, srcOffset, srcLength, dst, dstOffset, rawLength);
            case LZ4 -> lz4(src, srcOffset, srcLength, dst, dstOffset, rawLength);
        };
        if (found != rawLength) {
            throw new CorruptFrameException(codec, srcLength, rawLength, found + " bytes");
        }
    }

    private static int copy(byte[] src, int srcOffset, int srcLength, byte[] dst, int dstOffset, int rawLength) {
        if (srcLength == rawLength) {
            System.arraycopy(src, srcOffset, dst, dstOffset, rawLength);
        }
        return srcLength;
    }

    private int zstd(byte[] src, int srcOffset, int srcLength, byte[] dst, int dstOffset, int rawLength)
            throws CorruptFrameException {
        if (zstd == null) {
            zstd = new ZstdDecompressCtx();
        }
        try {
            return zstd.decompressByteArray(dst, dstOffset, rawLength, src, srcOffset, srcLength);
        } catch (ZstdException e) {
            throw unreadable(Codec.ZSTD, srcLength, rawLength, e);
        }
    }

    private int lz4(byte[] src, int srcOffset, int srcLength, byte[] dst, int dstOffset, int rawLength)
            throws CorruptFrameException {
        if (lz4 == null) {
            lz4 = LZ4Factory.fastestInstance().safeDecompressor();
        }
        try {
            return lz4.decompress(src, srcOffset, srcLength, dst, dstOffset, rawLength);
        } catch (LZ4Exception e) {
            throw unreadable(Codec.LZ4, srcLength, rawLength, e);
        }
    }

    private static CorruptFrameException unreadable(Codec codec, int srcLength, int rawLength, RuntimeException cause) {
        return new CorruptFrameException(codec, srcLength, rawLength, "none (" + cause.getMessage() + ")", cause);
    }

    @Override
    public void close() {
        closed = true;
        if (zstd != null) {
            zstd.close();
            zstd = null;
        }
    }
}
