package io.xenolith.nbd.protocol;

import io.netty.buffer.ByteBuf;

/// What stands before the data of a reply to an option.
///
/// | offset | bytes | field  | meaning                              |
/// |-------:|------:|--------|--------------------------------------|
/// |      0 |     8 | magic  | `0x0003e889045565a9`                 |
/// |      8 |     4 | option | the one that is answered             |
/// |     12 |     4 | type   | see [OptionReply]                    |
/// |     16 |     4 | length | of the data that follow, in bytes    |
public record OptionReplyHeader(int option, int type, int length) {
    public static final int BYTES = 20;

    void encode(ByteBuf out) {
        out.writeLong(Wire.OPTION_REPLY).writeInt(option).writeInt(type).writeInt(length);
    }

    /// Reads [#BYTES] bytes. The length is within [Limits#OPTION_REPLY].
    ///
    /// @param asked the option that waits for its reply
    /// @throws NbdProtocolException if the magic is wrong, another option is answered, or the data are longer
    public static OptionReplyHeader decode(ByteBuf in, int asked) throws NbdProtocolException {
        Wire.requireMagic(in.readLong(), Wire.OPTION_REPLY, "an option's reply");
        int option = in.readInt();
        int type = in.readInt();
        long length = in.readUnsignedInt();
        if (option != asked) {
            throw new NbdProtocolException("a reply to option %s, asked was %s"
                    .formatted(Integer.toUnsignedString(option), Integer.toUnsignedString(asked)));
        }
        if (length > Limits.OPTION_REPLY) {
            throw new NbdProtocolException("a reply to option %s announces %d bytes, at most %d are taken"
                    .formatted(Integer.toUnsignedString(option), length, Limits.OPTION_REPLY));
        }
        return new OptionReplyHeader(option, type, (int) length);
    }
}
