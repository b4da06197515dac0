package io.xenolith.nbd.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MessagesTest {
    private static final ExportName NAME = new ExportName("/0f2d?session_id=OpaqueRef:secret-ü");

    static Stream<OptionRequest> requests() {
        return Stream.of(new OptionRequest.Export(NAME), new OptionRequest.Export(ExportName.DEFAULT),
                new OptionRequest.Abort(), new OptionRequest.ListExports(), new OptionRequest.StartTls(),
                new OptionRequest.Info(NAME, List.of()), new OptionRequest.Go(NAME, List.of(3, 1, 2)),
                new OptionRequest.StructuredReply(), new OptionRequest.ListContexts(NAME, List.of()),
                new OptionRequest.SetContexts(NAME, List.of("base:allocation", "")),
                new OptionRequest.ExtendedHeaders(), new OptionRequest.Unknown(77));
    }

    static Stream<OptionReply> replies() {
        return Stream.of(new OptionReply.Ack(), new OptionReply.Server(NAME, "text"),
                new OptionReply.Export(1L << 40, new TransmissionFlags(0x58f)), new OptionReply.Name(NAME),
                new OptionReply.Description(""), new OptionReply.Sizes(new BlockSizes(1, 4096, BlockSizes.UNLIMITED)),
                new OptionReply.Context(0, "base:allocation"), new OptionReply.Context(-1, "qemu:dirty-bitmap:b"),
                new OptionReply.Refusal(OptionError.POLICY, "no"), new OptionReply.Refusal(OptionError.TOO_BIG, ""));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void anOptionIsReadAsItWasWritten(OptionRequest request) throws Exception {
        var wire = Unpooled.buffer();
        request.encode(wire);
        var header = OptionHeader.decode(wire);
        assertEquals(request.number(), header.option());
        assertEquals(wire.readableBytes(), header.length());
        assertEquals(request, OptionRequest.decode(header.option(), wire));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void anOptionCutShortOrLengthenedIsRefusedOrAnotherOne(OptionRequest request) throws Exception {
        var wire = Unpooled.buffer();
        request.encode(wire);
        wire.skipBytes(OptionHeader.BYTES);
        for (int length = 0; length < wire.readableBytes(); length++) {
            var cut = wire.slice(wire.readerIndex(), length);
            if (request instanceof OptionRequest.Export) {
                continue; // any prefix of a name is a name, or cut within a character
            }
            assertThrows(MalformedOptionException.class, () -> OptionRequest.decode(request.number(), cut));
        }
        if (request instanceof OptionRequest.Export || request instanceof OptionRequest.Unknown) {
            return;
        }
        wire.writeByte(0);
        assertThrows(MalformedOptionException.class, () -> OptionRequest.decode(request.number(), wire));
    }

    @ParameterizedTest
    @MethodSource("replies")
    void anOptionsReplyIsReadAsItWasWritten(OptionReply reply) throws Exception {
        var wire = Unpooled.buffer();
        reply.encode(7, wire);
        var header = OptionReplyHeader.decode(wire, 7);
        assertEquals(wire.readableBytes(), header.length());
        assertEquals(reply, OptionReply.decode(header.type(), wire));
    }

    @Test
    void aHeadersLengthIsBoundedBeforeAnybodyAllocatesIt() {
        assertThrows(NbdProtocolException.class, () -> OptionHeader.decode(bytes("49484156454f5054 00000007 00010001")));
        assertThrows(NbdProtocolException.class, () -> OptionHeader.decode(bytes("49484156454f5054 000000ff 00100001")));
        assertThrows(NbdProtocolException.class, () -> OptionHeader.decode(bytes("49484156454f5054 00000007 ffffffff")));
        assertThrows(NbdProtocolException.class,
                () -> OptionReplyHeader.decode(bytes("0003e889045565a9 00000007 00000001 80000000"), 7));
    }

    @Test
    void aNamesLengthIsNeverBelieved() {
        var overlong = bytes("ffffffff 0000");
        var e = assertThrows(MalformedOptionException.class, () -> OptionRequest.decode(7, overlong));
        assertEquals(OptionError.INVALID, e.reply().error());
        // a count of queries that would need more bytes than there are
        assertThrows(MalformedOptionException.class, () -> OptionRequest.decode(10, bytes("00000000 40000000")));
        assertThrows(MalformedOptionException.class, () -> OptionRequest.decode(10, bytes("00000000 00000001 ffffffff")));
    }

    @Test
    void aNameNeverPrintsWhole() {
        assertEquals("/0f2d…", NAME.toString());
        assertFalse(new OptionRequest.Go(NAME, List.of()).toString().contains("secret"));
        assertFalse(new ExportName("token").toString().contains("token"));
        assertFalse(new ExportName("x").toString().contains("x"));
    }

    @Test
    void aGreetingOfTheOldStyleIsNamedAsSuch() {
        var e = assertThrows(NbdProtocolException.class,
                () -> Greeting.decode(bytes("4e42444d41474943 0000420281861253 0000")));
        assertTrue(e.getMessage().contains("old style"), e.getMessage());
    }

    @Test
    void aClientThatSetsWhatWasNotOfferedIsRefused() throws Exception {
        var offer = new Greeting(Greeting.FIXED_NEWSTYLE);
        assertTrue(ClientFlags.decode(bytes("00000001"), offer).fixed());
        assertThrows(NbdProtocolException.class, () -> ClientFlags.decode(bytes("00000003"), offer));
    }

    @Test
    void requestsAndRepliesAreReadAsTheyWereWritten() throws Exception {
        var request = new Request(Command.ONE_EXTENT, Command.BLOCK_STATUS, -2, 1L << 62, 0xfffffe00L);
        for (boolean extended : new boolean[] {false, true}) {
            var wire = Unpooled.buffer();
            request.encode(wire, extended);
            assertEquals(extended ? Request.EXTENDED_BYTES : Request.COMPACT_BYTES, wire.readableBytes());
            assertEquals(request, Request.decode(wire, extended));
        }
        var wire = Unpooled.buffer();
        new SimpleReply(22, 5).encode(wire);
        assertEquals(new SimpleReply(22, 5), SimpleReply.decode(wire));
        var chunk = new ChunkHeader(ChunkHeader.DONE, ChunkHeader.ERROR_AT_OFFSET, 9, 4000);
        chunk.encode(wire);
        assertEquals(chunk, ChunkHeader.decode(wire));
        chunk.encodeExtended(wire, 1234);
        assertEquals(chunk, ChunkHeader.decodeExtended(wire));
        assertFalse(wire.isReadable());
    }

    @Test
    void aRequestFitsOnlyInsideTheExport() {
        assertTrue(new Request(0, Command.READ, 0, 90, 10).fits(100));
        assertFalse(new Request(0, Command.READ, 0, 91, 10).fits(100));
        assertFalse(new Request(0, Command.READ, 0, -1, 10).fits(100));
        assertFalse(new Request(0, Command.READ, 0, Long.MAX_VALUE, Long.MAX_VALUE).fits(Long.MAX_VALUE));
    }

    @Test
    void anUnknownCommandIsUnknown() throws Exception {
        assertEquals(Command.UNKNOWN, Request.decode(bytes("25609513 0000 ffff 0000000000000000 0000000000000000 00000001"),
                false).command());
        assertEquals(Command.UNKNOWN, Request.decode(bytes("25609513 0000 0009 0000000000000000 0000000000000000 00000001"),
                false).command());
    }

    @Test
    void aBlockStatusIsReadAsItWasWrittenAndAtNoOtherLength() throws Exception {
        var status = new StatusChunk(3, List.of(new StatusChunk.Extent(0xffff0000L, 3), new StatusChunk.Extent(512, 0)));
        for (boolean extended : new boolean[] {false, true}) {
            var wire = Unpooled.buffer();
            status.encode(wire, extended);
            assertEquals(status.bytes(extended), wire.readableBytes());
            for (int length = 0; length < wire.readableBytes(); length++) {
                var cut = wire.slice(0, length);
                if (extended || (length - 4) % 8 != 0 || length < 12) {
                    assertThrows(NbdProtocolException.class, () -> StatusChunk.decode(cut, extended));
                }
            }
            assertEquals(status, StatusChunk.decode(wire, extended));
        }
        assertThrows(NbdProtocolException.class, () -> StatusChunk.decode(bytes("00000000 00000000 00000000"), false));
    }

    @Test
    void anErrorIsReadAsItWasWritten() throws Exception {
        for (var error : List.of(new ErrorChunk(NbdError.IO, "bad sector", OptionalLong.of(4096)),
                new ErrorChunk(NbdError.SHUTDOWN, "", OptionalLong.empty()))) {
            var wire = Unpooled.buffer();
            error.encode(wire);
            assertEquals(error, ErrorChunk.decode(wire, error.type()));
        }
        assertThrows(NbdProtocolException.class, () -> ErrorChunk.decode(bytes("00000000 0000"), ChunkHeader.ERROR));
        assertThrows(NbdProtocolException.class, () -> ErrorChunk.decode(bytes("00000005 0004 6161"), ChunkHeader.ERROR));
        assertEquals(NbdError.INVALID, ErrorChunk.decode(bytes("000000ff 99"), 0x9000).error());
    }

    @Test
    void aLongTextIsCutBetweenTwoCharacters() throws Exception {
        var wire = Unpooled.buffer();
        new ErrorChunk(NbdError.IO, "x" + "ü".repeat(3000), OptionalLong.empty()).encode(wire);
        assertTrue(wire.readableBytes() <= 1000);
        assertEquals("x" + "ü".repeat(449), ErrorChunk.decode(wire, ChunkHeader.ERROR).text());
    }

    @Test
    void anExportIsNeverNegative() {
        assertThrows(NbdProtocolException.class, () -> ExportNameReply.decode(bytes("8000000000000000 0003"), true));
        assertThrows(NbdProtocolException.class, () -> OptionReply.decode(3, bytes("0000 ffffffffffffffff 0003")));
    }

    @Test
    void randomBytesAreRefusedOrUnderstoodButNeverAnythingElse() {
        var random = new Random(20_250_601);
        for (int i = 0; i < 20_000; i++) {
            var noise = new byte[random.nextInt(64)];
            random.nextBytes(noise);
            for (int j = 0; j < noise.length && random.nextBoolean(); j++) {
                noise[j] = 0; // small lengths reach further
            }
            attempt(() -> OptionRequest.decode(random.nextInt(13), Unpooled.wrappedBuffer(noise)));
            attempt(() -> OptionReply.decode(random.nextInt(6), Unpooled.wrappedBuffer(noise)));
            attempt(() -> OptionReply.decode(0x80000000 | random.nextInt(12), Unpooled.wrappedBuffer(noise)));
            attempt(() -> StatusChunk.decode(Unpooled.wrappedBuffer(noise), random.nextBoolean()));
            attempt(() -> ErrorChunk.decode(Unpooled.wrappedBuffer(noise), 0x8001 + random.nextInt(3)));
        }
    }

    private interface Decoding {
        Object run() throws NbdProtocolException;
    }

    private static void attempt(Decoding decoding) {
        try {
            decoding.run();
        } catch (NbdProtocolException _) {
            // refused; anything else fails the test
        }
    }

    private static ByteBuf bytes(String hex) {
        return Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex.replace(" ", "")));
    }
}
