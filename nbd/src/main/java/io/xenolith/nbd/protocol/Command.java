package io.xenolith.nbd.protocol;

/// What a request asks for, and the flags it may carry.
public enum Command {
    READ, WRITE, DISCONNECT, FLUSH, TRIM, CACHE, WRITE_ZEROES, BLOCK_STATUS, RESIZE,
    /// Any other number; never sent.
    UNKNOWN;

    public static final int FUA = 1;
    public static final int NO_HOLE = 1 << 1;
    public static final int DONT_FRAGMENT = 1 << 2;
    public static final int ONE_EXTENT = 1 << 3;
    public static final int FAST_ZERO = 1 << 4;
    /// Of extended requests: a payload follows.
    public static final int PAYLOAD_LENGTH = 1 << 5;

    private static final Command[] BY_NUMBER = values();

    /// The command's number on the wire.
    public int number() {
        return ordinal();
    }

    static Command of(int number) {
        return BY_NUMBER[Math.min(number, UNKNOWN.ordinal())];
    }
}
