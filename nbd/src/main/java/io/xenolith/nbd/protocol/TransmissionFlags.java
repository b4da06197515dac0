package io.xenolith.nbd.protocol;

/// What a server says an export can do; 16 bits.
public record TransmissionFlags(int bits) {
    public static final int HAS_FLAGS = 1;
    public static final int READ_ONLY = 1 << 1;
    public static final int SEND_FLUSH = 1 << 2;
    public static final int SEND_FUA = 1 << 3;
    public static final int ROTATIONAL = 1 << 4;
    public static final int SEND_TRIM = 1 << 5;
    public static final int SEND_WRITE_ZEROES = 1 << 6;
    public static final int SEND_DF = 1 << 7;
    /// Several connections see the same bytes, and a flush on one covers all.
    public static final int CAN_MULTI_CONN = 1 << 8;
    public static final int SEND_RESIZE = 1 << 9;
    public static final int SEND_CACHE = 1 << 10;
    public static final int SEND_FAST_ZERO = 1 << 11;
    public static final int BLOCK_STATUS_PAYLOAD = 1 << 12;

    public TransmissionFlags {
        if ((bits & ~0xffff) != 0) {
            throw new IllegalArgumentException("transmission flags have 16 bits: %x".formatted(bits));
        }
    }

    public boolean has(int flag) {
        return (bits & flag) != 0;
    }

    public boolean readOnly() {
        return has(READ_ONLY);
    }

    public boolean canMultiConn() {
        return has(CAN_MULTI_CONN);
    }

    @Override
    public String toString() {
        return "0x%04x".formatted(bits);
    }
}
