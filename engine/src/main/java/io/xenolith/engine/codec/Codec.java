package io.xenolith.engine.codec;

/// How a frame's bytes are stored. The numbers stand in stored formats: they never change, and none is used twice.
public enum Codec {
    /// As they are.
    STORED(0),
    /// One standard zstd frame (RFC 8878).
    ZSTD(1),
    /// One lz4 block.
    LZ4(2);

    private final int number;

    Codec(int number) {
        this.number = number;
    }

    /// The number that stands for the codec in stored formats; fits a byte, 0 to 127.
    public int number() {
        return number;
    }

    /// The codec that `number` stands for.
    ///
    /// @throws UnknownCodecException if this version of the program knows none
    public static Codec fromNumber(int number) throws UnknownCodecException {
        return switch (number) {
            case 0 -> STORED;
            case 1 -> ZSTD;
            case 2 -> LZ4;
            default -> throw new UnknownCodecException(number);
        };
    }
}
