package io.xenolith.nbd.protocol;

import io.netty.buffer.ByteBuf;

/// The first thing a server says.
///
/// | offset | bytes | field | meaning                                                            |
/// |-------:|------:|-------|--------------------------------------------------------------------|
/// |      0 |     8 | magic | ASCII `NBDMAGIC`                                                   |
/// |      8 |     8 | magic | ASCII `IHAVEOPT`; `0x420281861253` from a server of the old style  |
/// |     16 |     2 | flags | [#FIXED_NEWSTYLE], [#NO_ZEROES]; a client ignores bits it does not know |
public record Greeting(int flags) {
    public static final int BYTES = 18;
    /// The server answers every option and stays in step.
    public static final int FIXED_NEWSTYLE = 1;
    /// The server can leave out the 124 zeros of [ExportNameReply].
    public static final int NO_ZEROES = 1 << 1;

    public boolean fixed() {
        return (flags & FIXED_NEWSTYLE) != 0;
    }

    public boolean noZeroes() {
        return (flags & NO_ZEROES) != 0;
    }

    public void encode(ByteBuf out) {
        out.writeLong(Wire.NBDMAGIC).writeLong(Wire.IHAVEOPT).writeShort(flags);
    }

    /// Reads [#BYTES] bytes.
    ///
    /// @throws NbdProtocolException if the server is none, or one of the old style
    public static Greeting decode(ByteBuf in) throws NbdProtocolException {
        Wire.requireMagic(in.readLong(), Wire.NBDMAGIC, "the greeting");
        long style = in.readLong();
        if (style == Wire.OLDSTYLE) {
            throw new NbdProtocolException("the server speaks the old style of NBD, which knows neither names nor TLS; "
                    + "start it in the newstyle mode");
        }
        Wire.requireMagic(style, Wire.IHAVEOPT, "the greeting's second half");
        return new Greeting(in.readUnsignedShort());
    }
}
