package io.xenolith.nbd.protocol;

import io.netty.buffer.ByteBuf;

/// What stands before one chunk of a structured or extended reply. The chunks of one reply come in any order and between
/// those of other replies; the last one has [#DONE] set.
///
/// | structured | extended | bytes | field  | meaning                                            |
/// |-----------:|---------:|------:|--------|----------------------------------------------------|
/// |          0 |        0 |     4 | magic  | `0x668e33ef`, extended `0x6e8a278c`                |
/// |          4 |        4 |     2 | flags  | [#DONE]                                            |
/// |          6 |        6 |     2 | type   | see below                                          |
/// |          8 |        8 |     8 | cookie | of the request                                     |
/// |            |       16 |     8 | offset | of the request                                     |
/// |         16 |       24 |   4/8 | length | of the payload that follows, in bytes              |
///
/// | type                | value  | payload                                                  |
/// |---------------------|-------:|----------------------------------------------------------|
/// | [#NONE]             |      0 | none; only with [#DONE]                                  |
/// | [#DATA]             |      1 | offset in the export (8), at least one byte of data      |
/// | [#HOLE]             |      2 | offset in the export (8), how many bytes are zero (4)    |
/// | [#STATUS]           |      5 | see [StatusChunk]                                        |
/// | [#EXTENDED_STATUS]  |      6 | see [StatusChunk]                                        |
/// | [#ERROR]            | 0x8001 | see [ErrorChunk]                                         |
/// | [#ERROR_AT_OFFSET]  | 0x8002 | see [ErrorChunk]                                         |
///
/// @param length unsigned in the extended form: the reader bounds it by what it asked for
public record ChunkHeader(int flags, int type, long cookie, long length) {
    public static final int STRUCTURED_BYTES = 20;
    public static final int EXTENDED_BYTES = 32;
    public static final int STRUCTURED_MAGIC = Wire.STRUCTURED_REPLY;
    public static final int EXTENDED_MAGIC = Wire.EXTENDED_REPLY;
    /// The flag of a reply's last chunk.
    public static final int DONE = 1;
    public static final int NONE = 0;
    public static final int DATA = 1;
    public static final int HOLE = 2;
    public static final int STATUS = 5;
    public static final int EXTENDED_STATUS = 6;
    public static final int ERROR = 0x8001;
    public static final int ERROR_AT_OFFSET = 0x8002;
    /// Types with this bit set are errors, known or not.
    public static final int ERROR_BIT = 0x8000;
    /// Bytes of a [#DATA] payload before the data.
    public static final int DATA_PREFIX_BYTES = 8;
    /// Bytes of a [#HOLE] payload.
    public static final int HOLE_BYTES = 12;

    public boolean done() {
        return (flags & DONE) != 0;
    }

    public boolean isError() {
        return (type & ERROR_BIT) != 0;
    }

    /// Writes the structured form.
    public void encode(ByteBuf out) {
        out.writeInt(STRUCTURED_MAGIC).writeShort(flags).writeShort(type).writeLong(cookie).writeInt((int) length);
    }

    /// Writes the extended form.
    ///
    /// @param offset of the request that is answered
    public void encodeExtended(ByteBuf out, long offset) {
        out.writeInt(EXTENDED_MAGIC).writeShort(flags).writeShort(type).writeLong(cookie).writeLong(offset).writeLong(length);
    }

    /// Reads [#STRUCTURED_BYTES] bytes.
    ///
    /// @throws NbdProtocolException if the magic is wrong
    public static ChunkHeader decode(ByteBuf in) throws NbdProtocolException {
        Wire.requireMagic(in.readInt(), STRUCTURED_MAGIC, "a reply");
        return new ChunkHeader(in.readUnsignedShort(), in.readUnsignedShort(), in.readLong(), in.readUnsignedInt());
    }

    /// Reads [#EXTENDED_BYTES] bytes. The request's offset in it is for people who look at packets; the cookie tells.
    ///
    /// @throws NbdProtocolException if the magic is wrong
    public static ChunkHeader decodeExtended(ByteBuf in) throws NbdProtocolException {
        Wire.requireMagic(in.readInt(), EXTENDED_MAGIC, "a reply");
        int flags = in.readUnsignedShort();
        int type = in.readUnsignedShort();
        long cookie = in.readLong();
        in.skipBytes(8);
        return new ChunkHeader(flags, type, cookie, in.readLong());
    }
}
