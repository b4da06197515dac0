package io.xenolith.nbd.protocol;

import io.netty.buffer.ByteBuf;

/// What stands before an option's data.
///
/// | offset | bytes | field  | meaning                          |
/// |-------:|------:|--------|----------------------------------|
/// |      0 |     8 | magic  | ASCII `IHAVEOPT`                 |
/// |      8 |     4 | option | see [OptionRequest]              |
/// |     12 |     4 | length | of the data that follow, in bytes |
public record OptionHeader(int option, int length) {
    public static final int BYTES = 16;

    void encode(ByteBuf out) {
        out.writeLong(Wire.IHAVEOPT).writeInt(option).writeInt(length);
    }

    /// Reads [#BYTES] bytes. The length is within [Limits#OPTION] for options that [OptionRequest] knows and within
    /// [Limits#UNKNOWN_OPTION] for others.
    ///
    /// @throws NbdProtocolException if the magic is wrong or the data are longer
    public static OptionHeader decode(ByteBuf in) throws NbdProtocolException {
        Wire.requireMagic(in.readLong(), Wire.IHAVEOPT, "an option");
        int option = in.readInt();
        long length = in.readUnsignedInt();
        int limit = OptionRequest.isKnown(option) ? Limits.OPTION : Limits.UNKNOWN_OPTION;
        if (length > limit) {
            throw new NbdProtocolException("option %s announces %d bytes, at most %d are taken"
                    .formatted(Integer.toUnsignedString(option), length, limit));
        }
        return new OptionHeader(option, (int) length);
    }
}
