package io.xenolith.nbd.protocol;

import io.netty.buffer.ByteBuf;

/// A request during transmission. A write's payload follows it.
///
/// | compact | extended | bytes | field  | meaning                                                        |
/// |--------:|---------:|------:|--------|----------------------------------------------------------------|
/// |       0 |        0 |     4 | magic  | `0x25609513`, extended `0x21e41c71`                            |
/// |       4 |        4 |     2 | flags  | see [Command]                                                  |
/// |       6 |        6 |     2 | type   | see [Command]                                                  |
/// |       8 |        8 |     8 | cookie | comes back in the reply; different for all requests in flight  |
/// |      16 |       16 |     8 | offset | of the first byte                                              |
/// |      24 |       24 |   4/8 | length | in bytes                                                       |
///
/// @param offset unsigned, as the peer sent it: use [#fits(long)] before anything else
/// @param length unsigned, as the peer sent it
public record Request(int flags, Command command, long cookie, long offset, long length) {
    public static final int COMPACT_BYTES = 28;
    public static final int EXTENDED_BYTES = 32;

    /// Whether the bytes asked for lie in an export of `size` bytes.
    public boolean fits(long size) {
        return offset >= 0 && length >= 0 && length <= size && offset <= size - length;
    }

    public void encode(ByteBuf out, boolean extended) {
        encode(out, extended, flags, command, cookie, offset, length);
    }

    /// The same without a record, for those who send many. The compact form has 32 bits for the length.
    public static void encode(ByteBuf out, boolean extended, int flags, Command command, long cookie, long offset, long length) {
        out.writeInt(extended ? Wire.EXTENDED_REQUEST : Wire.REQUEST).writeShort(flags).writeShort(command.number())
                .writeLong(cookie).writeLong(offset);
        if (extended) {
            out.writeLong(length);
        } else {
            out.writeInt((int) length);
        }
    }

    /// Reads [#COMPACT_BYTES] or [#EXTENDED_BYTES] bytes.
    ///
    /// @throws NbdProtocolException if the magic is wrong
    public static Request decode(ByteBuf in, boolean extended) throws NbdProtocolException {
        Wire.requireMagic(in.readInt(), extended ? Wire.EXTENDED_REQUEST : Wire.REQUEST, "a request");
        return new Request(in.readUnsignedShort(), Command.of(in.readUnsignedShort()), in.readLong(), in.readLong(),
                extended ? in.readLong() : in.readUnsignedInt());
    }
}
