package io.xenolith.nbd.protocol;

import io.netty.buffer.ByteBuf;

/// A server's answer to [OptionRequest.Export], with which transmission begins.
///
/// | offset | bytes | field | meaning                                                       |
/// |-------:|------:|-------|---------------------------------------------------------------|
/// |      0 |     8 | size  | of the export in bytes                                        |
/// |      8 |     2 | flags | see [TransmissionFlags]                                       |
/// |     10 |   124 | zeros | missing if both sides set [Greeting#NO_ZEROES]                |
public record ExportNameReply(long size, TransmissionFlags flags) {
    private static final int ZEROS = 124;

    /// The length of the answer in bytes.
    public static int bytes(boolean noZeroes) {
        return noZeroes ? 10 : 10 + ZEROS;
    }

    public void encode(ByteBuf out, boolean noZeroes) {
        out.writeLong(size).writeShort(flags.bits());
        if (!noZeroes) {
            out.writeZero(ZEROS);
        }
    }

    /// Reads [#bytes(boolean)] bytes.
    ///
    /// @throws NbdProtocolException if the size is beyond 2^63 - 1
    public static ExportNameReply decode(ByteBuf in, boolean noZeroes) throws NbdProtocolException {
        var reply = new ExportNameReply(requireSize(in.readLong()), new TransmissionFlags(in.readUnsignedShort()));
        in.skipBytes(noZeroes ? 0 : ZEROS);
        return reply;
    }

    static long requireSize(long size) throws NbdProtocolException {
        if (size < 0) {
            throw new NbdProtocolException("an export of %s bytes; at most 2^63 - 1 are possible"
                    .formatted(Long.toUnsignedString(size)));
        }
        return size;
    }
}
