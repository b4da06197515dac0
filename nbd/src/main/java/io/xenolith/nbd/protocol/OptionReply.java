package io.xenolith.nbd.protocol;

import io.netty.buffer.ByteBuf;

/// What a server answers to an option. [Ack] and [Refusal] end the answer, the others come before an [Ack].
///
/// | reply            | type | data                                                            |
/// |------------------|-----:|-----------------------------------------------------------------|
/// | [Ack]            |    1 |                                                                 |
/// | [Server]         |    2 | name length (4), name, description                              |
/// | [Export]         |    3 | 0 (2), size (8), transmission flags (2)                         |
/// | [Name]           |    3 | 1 (2), the export's canonical name                              |
/// | [Description]    |    3 | 2 (2), text for people                                          |
/// | [Sizes]          |    3 | 3 (2), minimum (4), preferred (4), maximum (4)                  |
/// | [Context]        |    4 | id (4), name                                                    |
/// | [Refusal]        | see [OptionError] | text for people                                    |
public sealed interface OptionReply {

    record Ack() implements OptionReply {}

    record Server(ExportName name, String description) implements OptionReply {}

    /// @param size of the export in bytes, at least 0
    record Export(long size, TransmissionFlags flags) implements OptionReply {}

    record Name(ExportName name) implements OptionReply {}

    record Description(String text) implements OptionReply {}

    record Sizes(BlockSizes sizes) implements OptionReply {}

    /// @param id stands for the context in [StatusChunk]; any number, different for each context of a connection
    record Context(int id, String name) implements OptionReply {}

    /// @param text for people, may be empty; cut to what every client takes when it is sent
    record Refusal(OptionError error, String text) implements OptionReply {}

    /// A reply or a kind of information that this package does not know; never sent.
    record Unknown(int type) implements OptionReply {}

    private int type() {
        return switch (this) {
            case Ack _ -> 1;
            case Server _ -> 2;
            case Export _, Name _, Description _, Sizes _ -> 3;
            case Context _ -> 4;
            case Refusal refusal -> refusal.error.code();
            case Unknown unknown -> unknown.type;
        };
    }

    /// Writes the reply to option `option` with its header.
    default void encode(int option, ByteBuf out) {
        int start = out.writerIndex();
        new OptionReplyHeader(option, type(), 0).encode(out);
        switch (this) {
            case Ack _, Unknown _ -> { }
            case Server(var name, var description) -> {
                Wire.writePrefixedString(out, name.value());
                Wire.writeString(out, description);
            }
            case Export(long size, var flags) ->
                    out.writeShort(OptionRequest.INFO_EXPORT).writeLong(size).writeShort(flags.bits());
            case Name(var name) -> Wire.writeString(out.writeShort(OptionRequest.INFO_NAME), name.value());
            case Description(var text) -> Wire.writeString(out.writeShort(OptionRequest.INFO_DESCRIPTION), text);
            case Sizes(var sizes) -> out.writeShort(OptionRequest.INFO_BLOCK_SIZE).writeInt((int) sizes.minimum())
                    .writeInt((int) sizes.preferred()).writeInt((int) sizes.maximum());
            case Context(int id, var name) -> Wire.writeString(out.writeInt(id), name);
            case Refusal(_, var text) -> Wire.writeString(out, Wire.shortened(text, ErrorChunk.MAX_TEXT));
        }
        out.setInt(start + OptionReplyHeader.BYTES - 4, out.writerIndex() - start - OptionReplyHeader.BYTES);
    }

    /// Decodes the data of a reply of `type`; `data` holds exactly these.
    ///
    /// @throws NbdProtocolException if they are not what the reply has
    static OptionReply decode(int type, ByteBuf data) throws NbdProtocolException {
        var reply = decodeKnown(type, data);
        if (!(reply instanceof Unknown)) {
            Wire.requireEnd(data, "a reply of type " + Integer.toHexString(type));
        }
        return reply;
    }

    private static OptionReply decodeKnown(int type, ByteBuf data) throws NbdProtocolException {
        if (type < 0) {
            return new Refusal(OptionError.of(type), Wire.readString(data, data.readableBytes(), "an error's text"));
        }
        return switch (type) {
            case 1 -> new Ack();
            case 2 -> new Server(new ExportName(Wire.readPrefixedString(data, "an export's name")),
                    Wire.readString(data, data.readableBytes(), "an export's description"));
            case 3 -> decodeInformation(data);
            case 4 -> {
                Wire.requireLeft(data, 4, "a context");
                yield new Context(data.readInt(), Wire.readString(data, data.readableBytes(), "a context's name"));
            }
            default -> new Unknown(type);
        };
    }

    private static OptionReply decodeInformation(ByteBuf data) throws NbdProtocolException {
        Wire.requireLeft(data, 2, "information on an export");
        return switch (data.readUnsignedShort()) {
            case OptionRequest.INFO_EXPORT -> {
                Wire.requireLeft(data, 10, "an export's size and flags");
                yield new Export(ExportNameReply.requireSize(data.readLong()), new TransmissionFlags(data.readUnsignedShort()));
            }
            case OptionRequest.INFO_NAME ->
                    new Name(new ExportName(Wire.readString(data, data.readableBytes(), "an export's name")));
            case OptionRequest.INFO_DESCRIPTION ->
                    new Description(Wire.readString(data, data.readableBytes(), "an export's description"));
            case OptionRequest.INFO_BLOCK_SIZE -> new Sizes(readSizes(data));
            default -> new Unknown(3);
        };
    }

    private static BlockSizes readSizes(ByteBuf data) throws NbdProtocolException {
        Wire.requireLeft(data, 12, "block sizes");
        try {
            return new BlockSizes(data.readUnsignedInt(), data.readUnsignedInt(), data.readUnsignedInt());
        } catch (IllegalArgumentException e) {
            throw new NbdProtocolException(e.getMessage());
        }
    }
}
