package io.xenolith.nbd.protocol;

import io.netty.buffer.ByteBuf;
import java.util.OptionalLong;

/// The payload of [ChunkHeader#ERROR] and [ChunkHeader#ERROR_AT_OFFSET]: why a request failed.
///
/// | offset | bytes | field  | meaning                                                     |
/// |-------:|------:|--------|-------------------------------------------------------------|
/// |      0 |     4 | error  | see [NbdError], not 0                                       |
/// |      4 |     2 | length | of the text in bytes                                        |
/// |      6 |       | text   | for people                                                  |
/// |        |     8 | offset | where in the export; only in [ChunkHeader#ERROR_AT_OFFSET]  |
public record ErrorChunk(NbdError error, String text, OptionalLong offset) {
    /// The longest payload that is taken, in bytes.
    public static final int MAX_BYTES = 4 + 2 + Limits.STRING + 8;
    /// The longest text that is sent: QEMU's client gives up on payloads of more than 1000 bytes.
    static final int MAX_TEXT = 900;

    public int type() {
        return offset.isPresent() ? ChunkHeader.ERROR_AT_OFFSET : ChunkHeader.ERROR;
    }

    /// Writes the payload, with a text that is too long cut.
    public void encode(ByteBuf out) {
        out.writeInt(error.code());
        int at = out.writerIndex();
        Wire.writeString(out.writeShort(0), Wire.shortened(text, MAX_TEXT));
        out.setShort(at, out.writerIndex() - at - 2);
        offset.ifPresent(out::writeLong);
    }

    /// Decodes the payload of an error chunk of `type`; `in` holds exactly that. Of an error type that the protocol does
    /// not have only the number is looked at.
    ///
    /// @throws NbdProtocolException if it is no error or its lengths contradict each other
    public static ErrorChunk decode(ByteBuf in, int type) throws NbdProtocolException {
        if (type != ChunkHeader.ERROR && type != ChunkHeader.ERROR_AT_OFFSET) {
            var error = in.readableBytes() < 4 ? NbdError.INVALID : NbdError.of(in.readInt());
            return new ErrorChunk(error, "error chunk of unknown type %x".formatted(type), OptionalLong.empty());
        }
        Wire.requireLeft(in, 6, "an error");
        int code = in.readInt();
        if (code == 0) {
            throw new NbdProtocolException("an error chunk with the error 0");
        }
        var text = Wire.readString(in, in.readUnsignedShort(), "an error's text");
        var offset = OptionalLong.empty();
        if (type == ChunkHeader.ERROR_AT_OFFSET) {
            Wire.requireLeft(in, 8, "an error's offset");
            offset = OptionalLong.of(in.readLong());
        }
        Wire.requireEnd(in, "an error");
        return new ErrorChunk(NbdError.of(code), text, offset);
    }
}
