package io.xenolith.engine.codec;

/// A number that stands for no codec of this version. Where a checksum vouches for the number, only an upgrade helps.
public final class UnknownCodecException extends Exception {

    private final int number;

    UnknownCodecException(int number) {
        super("codec number %d is unknown, this version knows 0 to %d; it was written by a newer version of Xenolith, use that one"
                .formatted(number, Codec.values().length - 1));
        this.number = number;
    }

    public int number() {
        return number;
    }
}
