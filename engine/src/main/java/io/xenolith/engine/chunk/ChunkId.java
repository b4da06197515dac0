package io.xenolith.engine.chunk;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;

/// The 32-byte digest that names a chunk or a node of a block map: SHA-256 of its plain bytes or, in an encrypted
/// repository, HMAC-SHA-256. Held as four big-endian numbers, so that ids compare as their bytes do.
public record ChunkId(long w0, long w1, long w2, long w3) implements Comparable<ChunkId> {

    /// Bytes of an encoded id.
    public static final int BYTES = 32;

    /// 32 zero bytes: stands for a hole, never for a chunk.
    public static final ChunkId NULL = new ChunkId(0, 0, 0, 0);

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    /// The id in `bytes[offset, offset + 32)`.
    public static ChunkId of(byte[] bytes, int offset) {
        return new ChunkId((long) LONG.get(bytes, offset), (long) LONG.get(bytes, offset + 8),
                (long) LONG.get(bytes, offset + 16), (long) LONG.get(bytes, offset + 24));
    }

    /// The id that 64 hexadecimal digits stand for.
    ///
    /// @throws IllegalArgumentException if `hex` is anything else
    public static ChunkId parse(String hex) {
        if (hex.length() != 2 * BYTES) {
            throw new IllegalArgumentException("not an id of 64 hexadecimal digits: " + hex);
        }
        return of(HexFormat.of().parseHex(hex), 0);
    }

    /// Reads the next 32 bytes of `in`.
    public static ChunkId get(ByteBuffer in) {
        var bytes = new byte[BYTES];
        in.get(bytes);
        return of(bytes, 0);
    }

    /// Writes the id's 32 bytes to `out`.
    public void put(ByteBuffer out) {
        var bytes = new byte[BYTES];
        put(bytes, 0);
        out.put(bytes);
    }

    /// Writes the id's 32 bytes to `bytes` from `offset` on.
    public void put(byte[] bytes, int offset) {
        LONG.set(bytes, offset, w0);
        LONG.set(bytes, offset + 8, w1);
        LONG.set(bytes, offset + 16, w2);
        LONG.set(bytes, offset + 24, w3);
    }

    /// The id's 32 bytes.
    public byte[] toBytes() {
        var bytes = new byte[BYTES];
        put(bytes, 0);
        return bytes;
    }

    public boolean isNull() {
        return equals(NULL);
    }

    @Override
    public int compareTo(ChunkId other) {
        int c = Long.compareUnsigned(w0, other.w0);
        c = c != 0 ? c : Long.compareUnsigned(w1, other.w1);
        c = c != 0 ? c : Long.compareUnsigned(w2, other.w2);
        return c != 0 ? c : Long.compareUnsigned(w3, other.w3);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(w0); // the bits of a digest are as good as random already
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(toBytes());
    }
}
