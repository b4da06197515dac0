package io.xenolith.nbd.protocol;

import io.netty.buffer.ByteBuf;

/// The reply to a request where structured replies were not negotiated. A successful read's bytes follow it, as many as
/// the request asked for: the reply does not say.
///
/// | offset | bytes | field  | meaning                     |
/// |-------:|------:|--------|-----------------------------|
/// |      0 |     4 | magic  | `0x67446698`                |
/// |      4 |     4 | error  | 0 or see [NbdError]         |
/// |      8 |     8 | cookie | of the request              |
///
/// @param error 0 for success
public record SimpleReply(int error, long cookie) {
    public static final int BYTES = 16;
    public static final int MAGIC = Wire.SIMPLE_REPLY;

    public void encode(ByteBuf out) {
        out.writeInt(MAGIC).writeInt(error).writeLong(cookie);
    }

    /// Reads [#BYTES] bytes.
    ///
    /// @throws NbdProtocolException if the magic is wrong
    public static SimpleReply decode(ByteBuf in) throws NbdProtocolException {
        Wire.requireMagic(in.readInt(), MAGIC, "a simple reply");
        return new SimpleReply(in.readInt(), in.readLong());
    }
}
