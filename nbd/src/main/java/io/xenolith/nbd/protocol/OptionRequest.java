package io.xenolith.nbd.protocol;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/// What a client asks for during the negotiation.
///
/// | option | number | data                                                            |
/// |--------|-------:|-----------------------------------------------------------------|
/// | [Export]          |  1 | name, without a length before it                         |
/// | [Abort]           |  2 |                                                          |
/// | [ListExports]     |  3 |                                                          |
/// | [StartTls]        |  5 |                                                          |
/// | [Info]            |  6 | name length (4), name, count (2), kinds of information (2 each) |
/// | [Go]              |  7 | the same                                                 |
/// | [StructuredReply] |  8 |                                                          |
/// | [ListContexts]    |  9 | name length (4), name, count (4), then length (4) and text of each query |
/// | [SetContexts]     | 10 | the same                                                 |
/// | [ExtendedHeaders] | 11 |                                                          |
public sealed interface OptionRequest {
    /// Kinds of information that [Info] and [Go] may ask for; see [OptionReply].
    int INFO_EXPORT = 0;
    int INFO_NAME = 1;
    int INFO_DESCRIPTION = 2;
    int INFO_BLOCK_SIZE = 3;

    /// `EXPORT_NAME`: ends the negotiation; the server answers with an [ExportNameReply] or hangs up.
    record Export(ExportName name) implements OptionRequest {}

    record Abort() implements OptionRequest {}

    record ListExports() implements OptionRequest {}

    record StartTls() implements OptionRequest {}

    /// @param kinds of information wished for, each 16 bits
    record Info(ExportName name, List<Integer> kinds) implements OptionRequest {}

    /// Like [Info], and ends the negotiation if the server acknowledges.
    record Go(ExportName name, List<Integer> kinds) implements OptionRequest {}

    record StructuredReply() implements OptionRequest {}

    /// @param queries names or wildcards; none asks for all there are
    record ListContexts(ExportName name, List<String> queries) implements OptionRequest {}

    /// @param queries names of contexts; none selects none
    record SetContexts(ExportName name, List<String> queries) implements OptionRequest {}

    record ExtendedHeaders() implements OptionRequest {}

    /// An option this package does not know; a server skips its data and refuses it with [OptionError#UNSUPPORTED].
    record Unknown(int number) implements OptionRequest {}

    /// The option's number on the wire.
    default int number() {
        return switch (this) {
            case Export _ -> 1;
            case Abort _ -> 2;
            case ListExports _ -> 3;
            case StartTls _ -> 5;
            case Info _ -> 6;
            case Go _ -> 7;
            case StructuredReply _ -> 8;
            case ListContexts _ -> 9;
            case SetContexts _ -> 10;
            case ExtendedHeaders _ -> 11;
            case Unknown unknown -> unknown.number;
        };
    }

    static boolean isKnown(int number) {
        return number >= 1 && number <= 11 && number != 4;
    }

    /// Writes the option with its header.
    default void encode(ByteBuf out) {
        int start = out.writerIndex();
        new OptionHeader(number(), 0).encode(out);
        switch (this) {
            case Export(var name) -> Wire.writeString(out, name.value());
            case Info(var name, var kinds) -> encodeKinds(out, name, kinds);
            case Go(var name, var kinds) -> encodeKinds(out, name, kinds);
            case ListContexts(var name, var queries) -> encodeQueries(out, name, queries);
            case SetContexts(var name, var queries) -> encodeQueries(out, name, queries);
            case Abort _, ListExports _, StartTls _, StructuredReply _, ExtendedHeaders _, Unknown _ -> { }
        }
        out.setInt(start + OptionHeader.BYTES - 4, out.writerIndex() - start - OptionHeader.BYTES);
    }

    private static void encodeKinds(ByteBuf out, ExportName name, List<Integer> kinds) {
        Wire.writePrefixedString(out, name.value());
        out.writeShort(kinds.size());
        kinds.forEach(out::writeShort);
    }

    private static void encodeQueries(ByteBuf out, ExportName name, List<String> queries) {
        Wire.writePrefixedString(out, name.value());
        out.writeInt(queries.size());
        queries.forEach(query -> Wire.writePrefixedString(out, query));
    }

    /// Decodes the data of option `number`; `data` holds exactly these. An unknown option's data are not looked at.
    ///
    /// @throws MalformedOptionException if they are not what the option has; the negotiation can go on
    static OptionRequest decode(int number, ByteBuf data) throws MalformedOptionException {
        try {
            var option = decodeKnown(number, data);
            if (!(option instanceof Unknown)) {
                Wire.requireEnd(data, "option " + number);
            }
            return option;
        } catch (NbdProtocolException e) {
            throw new MalformedOptionException(OptionError.INVALID, e.getMessage());
        }
    }

    private static OptionRequest decodeKnown(int number, ByteBuf data) throws NbdProtocolException {
        return switch (number) {
            case 1 -> new Export(new ExportName(Wire.readString(data, data.readableBytes(), "an export's name")));
            case 2 -> new Abort();
            case 3 -> new ListExports();
            case 5 -> new StartTls();
            case 6 -> new Info(readName(data), readKinds(data));
            case 7 -> new Go(readName(data), readKinds(data));
            case 8 -> new StructuredReply();
            case 9 -> new ListContexts(readName(data), readQueries(data));
            case 10 -> new SetContexts(readName(data), readQueries(data));
            case 11 -> new ExtendedHeaders();
            default -> new Unknown(number);
        };
    }

    private static ExportName readName(ByteBuf data) throws NbdProtocolException {
        return new ExportName(Wire.readPrefixedString(data, "an export's name"));
    }

    private static List<Integer> readKinds(ByteBuf data) throws NbdProtocolException {
        Wire.requireLeft(data, 2, "a count of information requests");
        int count = data.readUnsignedShort();
        requireCount(count, data, 2);
        var kinds = new ArrayList<Integer>(count);
        for (int i = 0; i < count; i++) {
            kinds.add(data.readUnsignedShort());
        }
        return List.copyOf(kinds);
    }

    private static List<String> readQueries(ByteBuf data) throws NbdProtocolException {
        Wire.requireLeft(data, 4, "a count of queries");
        long count = data.readUnsignedInt();
        requireCount(count, data, 4);
        var queries = new ArrayList<String>((int) count);
        for (int i = 0; i < count; i++) {
            queries.add(Wire.readPrefixedString(data, "a query"));
        }
        return List.copyOf(queries);
    }

    private static void requireCount(long count, ByteBuf data, int bytesEach) throws NbdProtocolException {
        if (count > Limits.QUERIES || count * bytesEach > data.readableBytes()) {
            throw new NbdProtocolException("%d entries announced with %d bytes left; at most %d are taken"
                    .formatted(count, data.readableBytes(), Limits.QUERIES));
        }
    }
}
