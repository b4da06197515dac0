package io.xenolith.nbd.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.xenolith.nbd.client.ScriptedServer.Script;
import io.xenolith.nbd.client.ScriptedServer.Talk;
import io.xenolith.nbd.protocol.ChunkHeader;
import io.xenolith.nbd.protocol.Command;
import io.xenolith.nbd.protocol.ErrorChunk;
import io.xenolith.nbd.protocol.NbdError;
import io.xenolith.nbd.protocol.OptionError;
import io.xenolith.nbd.protocol.OptionReply;
import io.xenolith.nbd.protocol.Request;
import io.xenolith.nbd.protocol.SimpleReply;
import io.xenolith.nbd.protocol.StatusChunk;
import io.xenolith.nbd.protocol.TransmissionFlags;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever a server does, a call ends, with the right bytes or a failure that says what was wrong.
@Timeout(20)
class HostileServerTest {
    private static final long SIZE = 8 << 20;
    private static final Duration LONG = Duration.ofSeconds(9);
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final NbdClientOptions OPTIONS = NbdClientOptions.DEFAULT
            .withTimeouts(new NbdTimeouts(LONG, LONG, LONG, LONG, LONG, LONG, SHORT))
            .withRetries(new NbdRetries(2, Duration.ofMillis(2), Duration.ofMillis(4), Duration.ofSeconds(5)));

    /// For servers that say nothing, or not enough.
    private static final NbdClientOptions HASTY_TO_OPEN =
            OPTIONS.withTimeouts(new NbdTimeouts(LONG, SHORT, SHORT, SHORT, LONG, LONG, SHORT));
    private static final NbdClientOptions HASTY_TO_READ =
            OPTIONS.withTimeouts(new NbdTimeouts(LONG, LONG, LONG, LONG, SHORT, SHORT.multipliedBy(3), SHORT));

    // ---- before the export is open

    static Stream<Arguments> negotiations() {
        return Stream.of(
                negotiation("hung up before its greeting", _ -> { }),
                negotiation("silent", talk -> talk.in.read()),
                negotiation("silent", talk -> {
                    talk.sendBytes("NBDMAGICIHAVE".getBytes());
                    talk.in.read();
                }),
                negotiation("the greeting begins with", talk -> talk.sendBytes("SSH-2.0-OpenSSH_9.2p1".getBytes())),
                negotiation("hung up after its greeting", Talk::greet),
                negotiation("an option's reply begins with", talk -> {
                    talk.greet();
                    talk.option();
                    talk.sendBytes(new byte[40]);
                }),
                negotiation("a reply to option 99, asked was 11", talk -> {
                    talk.greet();
                    talk.option();
                    talk.send(out -> new OptionReply.Ack().encode(99, out));
                    talk.in.read();
                }),
                negotiation("announces 2147483647 bytes", talk -> {
                    talk.greet();
                    talk.option();
                    talk.send(out -> out.writeLong(0x0003e889045565a9L).writeInt(11).writeInt(1).writeInt(Integer.MAX_VALUE));
                    talk.in.read();
                }),
                negotiation("silent", talk -> { // half a reply
                    talk.greet();
                    talk.option();
                    talk.send(out -> out.writeLong(0x0003e889045565a9L).writeInt(11).writeInt(1).writeInt(50));
                    talk.in.read();
                }),
                negotiation("replies to option", talk -> { // answers for ever, but never ends the answer
                    talk.greet();
                    var option = talk.option();
                    while (true) {
                        talk.answer(option, new OptionReply.Description("again"));
                    }
                }),
                negotiation("without saying its size", answeringGo(new OptionReply.Ack())),
                negotiation("at most 2^63 - 1", answeringGo(new OptionReply.Export(-2, new TransmissionFlags(3)))),
                negotiation("transmission flags 0x0000", answeringGo(new OptionReply.Export(1 << 20, new TransmissionFlags(0)),
                        new OptionReply.Ack())),
                negotiation("EPERM-like", answeringGo(new OptionReply.Refusal(OptionError.OTHER, "EPERM-like"))),
                negotiation("UNKNOWN_EXPORT", answeringGo(new OptionReply.Refusal(OptionError.UNKNOWN_EXPORT,
                        "no export '/vdi?session_id=secret'"))),
                negotiation("too many from the server before the first request", talk -> {
                    talk.greet();
                    talk.negotiate(SIZE, Agreed.Replies.SIMPLE, new SimpleReply(0, 257)::encode);
                    talk.in.read();
                }));
    }

    private static Arguments negotiation(String finding, Script script) {
        return Arguments.of(finding, script);
    }

    /// A server that answers `GO` like this and all else with no.
    private static Script answeringGo(OptionReply... replies) {
        return talk -> {
            talk.greet();
            while (true) {
                var option = talk.option();
                if (option.number() == 7) {
                    for (var reply : replies) {
                        talk.answer(option, reply);
                    }
                } else {
                    talk.refuse(option);
                }
            }
        };
    }

    @ParameterizedTest
    @MethodSource("negotiations")
    void aNegotiationGoneWrongIsAFailureThatSaysSo(String finding, Script script) throws Exception {
        var options = finding.equals("silent") ? HASTY_TO_OPEN : OPTIONS;
        try (var server = new ScriptedServer(script)) {
            var e = assertThrows(NbdException.class, () -> NbdClient.open(server.address(), options));
            assertTrue(e.getMessage().contains(finding), e.getMessage());
            assertFalse(e.getMessage().contains("secret"), e.getMessage());
        }
    }

    @Test
    void plainBytesBehindThePromiseOfTlsAreNotTakenForSecured() throws Exception {
        try (var server = new ScriptedServer(talk -> {
            talk.greet();
            var option = talk.option();
            talk.send(out -> {
                new OptionReply.Ack().encode(option.number(), out);
                new OptionReply.Ack().encode(8, out); // as if TLS had begun and structured replies were asked for
            });
            talk.in.read();
        })) {
            var e = assertThrows(NbdConnectionException.class, () -> NbdClient.open(server.tlsAddress(), OPTIONS));
            assertTrue(e.getMessage().contains("20 bytes too many from the server before TLS"), e.getMessage());
        }
    }

    @Test
    void aServerThatTakesBackTlsGetsNothingInTheClear() throws Exception {
        var heard = Collections.synchronizedList(new ArrayList<Integer>());
        try (var server = new ScriptedServer(talk -> {
            talk.greet();
            var option = talk.option();
            heard.add(option.number());
            talk.answer(option, new OptionReply.Refusal(OptionError.POLICY, ""));
            heard.add(talk.option().number());
        })) {
            assertThrows(NbdTlsException.class, () -> NbdClient.open(server.tlsAddress(), OPTIONS));
            assertEquals(List.of(5), heard);
        }
    }

    @Test
    void aListWithoutAnEndIsCutOff() throws Exception {
        try (var server = new ScriptedServer(talk -> {
            talk.greet();
            var option = talk.option();
            while (true) {
                talk.answer(option, new OptionReply.Server(Peer.unix(Path.of("/"), "x").export(), ""));
            }
        })) {
            var e = assertThrows(NbdConnectionException.class, () -> NbdClient.list(server.address(), OPTIONS));
            assertTrue(e.getMessage().contains("more than 4096 replies"), e.getMessage());
        }
    }

    // ---- replies

    static Stream<Arguments> wrongReplies() {
        return Stream.of(
                wrong("where a reply should begin", Agreed.Replies.SIMPLE, (talk, _) -> talk.sendBytes(new byte[16])),
                wrong("which no request has", Agreed.Replies.SIMPLE, (talk, request) ->
                        talk.send(new SimpleReply(0, request.cookie() + 1)::encode)),
                wrong("which no request has", Agreed.Replies.SIMPLE, (talk, request) ->
                        talk.send(new SimpleReply(0, request.cookie() + 256)::encode)),
                wrong("which no request has", Agreed.Replies.SIMPLE, (talk, request) ->
                        talk.send(new SimpleReply(0, -1)::encode)),
                wrong("where a reply should begin", Agreed.Replies.SIMPLE, (talk, request) ->
                        talk.chunk(1, ChunkHeader.NONE, request.cookie(), _ -> { })),
                wrong("simple reply, although structured", Agreed.Replies.STRUCTURED, Talk::serveSimply),
                wrong("in the middle of a reply", Agreed.Replies.SIMPLE, (talk, request) -> {
                    talk.send(new SimpleReply(0, request.cookie())::encode);
                    talk.sendBytes(new byte[100]);
                }),
                wrong("silent", Agreed.Replies.SIMPLE, (talk, request) -> {
                    talk.send(new SimpleReply(0, request.cookie())::encode);
                    talk.sendBytes(new byte[100]);
                    talk.in.readAllBytes();
                }),
                wrong("has not answered a request within", Agreed.Replies.SIMPLE, (talk, request) -> {
                    talk.send(new SimpleReply(0, request.cookie())::encode);
                    while (true) { // one byte at a time is not silence
                        talk.sendBytes((byte) 0);
                        Thread.sleep(20);
                    }
                }),
                wrong("silent", Agreed.Replies.STRUCTURED, (talk, _) -> talk.in.readAllBytes()),
                wrong("the server hung up", Agreed.Replies.STRUCTURED, (_, _) -> { }),
                wrong("a chunk of type 1 with 4105 bytes", Agreed.Replies.STRUCTURED, (talk, request) ->
                        talk.chunk(1, ChunkHeader.DATA, request.cookie(), out -> out.writeLong(0).writeZero(4097))),
                wrong("a chunk of type 1 with 8 bytes", Agreed.Replies.STRUCTURED, (talk, request) ->
                        talk.chunk(1, ChunkHeader.DATA, request.cookie(), out -> out.writeLong(0))),
                wrong("a chunk of type 1 with 4294967295 bytes", Agreed.Replies.STRUCTURED, (talk, request) ->
                        talk.send(new ChunkHeader(1, ChunkHeader.DATA, request.cookie(), 0xffffffffL)::encode)),
                wrong("a chunk of type 8001 with 4294967295 bytes", Agreed.Replies.STRUCTURED, (talk, request) ->
                        talk.send(new ChunkHeader(1, ChunkHeader.ERROR, request.cookie(), 0xffffffffL)::encode)),
                wrong("a chunk of type 5 with", Agreed.Replies.STRUCTURED, (talk, request) ->
                        talk.chunk(1, ChunkHeader.STATUS, request.cookie(), out -> out.writeInt(0).writeInt(1).writeInt(0))),
                wrong("a chunk of type 7 with", Agreed.Replies.STRUCTURED, (talk, request) ->
                        talk.chunk(1, 7, request.cookie(), out -> out.writeInt(0))),
                wrong("a chunk of type 0 with", Agreed.Replies.STRUCTURED, (talk, request) ->
                        talk.chunk(0, ChunkHeader.NONE, request.cookie(), _ -> { })),
                wrong("a chunk of type 2 with", Agreed.Replies.STRUCTURED, (talk, request) ->
                        talk.chunk(1, ChunkHeader.HOLE, request.cookie(), out -> out.writeLong(0).writeInt(1).writeByte(0))),
                wrong("answer a read of", Agreed.Replies.STRUCTURED, (talk, request) ->
                        talk.chunk(1, ChunkHeader.HOLE, request.cookie(), out -> out.writeLong(0).writeInt(-1))),
                wrong("answer a read of", Agreed.Replies.STRUCTURED, (talk, request) ->
                        talk.chunk(1, ChunkHeader.HOLE, request.cookie(), out -> out.writeLong(0).writeInt(0))),
                wrong("answer a read of", Agreed.Replies.STRUCTURED, (talk, request) ->
                        talk.chunk(1, ChunkHeader.DATA, request.cookie(), out -> out.writeLong(4096).writeZero(512))),
                wrong("answer a read of", Agreed.Replies.STRUCTURED, (talk, request) ->
                        talk.chunk(1, ChunkHeader.DATA, request.cookie(), out -> out.writeLong(-1).writeZero(512))),
                wrong("answer a read of", Agreed.Replies.STRUCTURED, (talk, request) ->
                        talk.chunk(1, ChunkHeader.DATA, request.cookie(), out -> out.writeLong(4000).writeZero(512))),
                wrong("answer a read of", Agreed.Replies.STRUCTURED, (talk, request) ->
                        talk.chunk(1, ChunkHeader.DATA, request.cookie(), out -> out.writeLong(Long.MAX_VALUE).writeZero(512))),
                wrong("in parts only", Agreed.Replies.STRUCTURED, (talk, request) ->
                        talk.chunk(1, ChunkHeader.NONE, request.cookie(), _ -> { })),
                wrong("in parts only", Agreed.Replies.STRUCTURED, (talk, request) ->
                        talk.chunk(1, ChunkHeader.DATA, request.cookie(), out -> out.writeLong(0).writeZero(4095))),
                wrong("came twice", Agreed.Replies.STRUCTURED, (talk, request) -> {
                    talk.chunk(0, ChunkHeader.DATA, request.cookie(), out -> out.writeLong(0).writeZero(100));
                    talk.chunk(1, ChunkHeader.DATA, request.cookie(), out -> out.writeLong(99).writeZero(3997));
                }),
                wrong("came twice", Agreed.Replies.STRUCTURED, (talk, request) -> {
                    talk.chunk(0, ChunkHeader.HOLE, request.cookie(), out -> out.writeLong(4000).writeInt(96));
                    talk.chunk(1, ChunkHeader.DATA, request.cookie(), out -> out.writeLong(0).writeZero(4001));
                }),
                wrong("the error 0", Agreed.Replies.STRUCTURED, (talk, request) ->
                        talk.chunk(1, ChunkHeader.ERROR, request.cookie(), out -> out.writeInt(0).writeShort(0))),
                wrong("an error's text", Agreed.Replies.STRUCTURED, (talk, request) ->
                        talk.chunk(1, ChunkHeader.ERROR, request.cookie(), out -> out.writeInt(5).writeShort(9))),
                wrong("where a reply should begin", Agreed.Replies.EXTENDED, Talk::serveSimply),
                wrong("a chunk of type 1 with 18446744073709551615 bytes", Agreed.Replies.EXTENDED, (talk, request) ->
                        talk.send(out -> new ChunkHeader(1, ChunkHeader.DATA, request.cookie(), -1).encodeExtended(out, 0))));
    }

    private interface Answer {
        void give(Talk talk, Request request) throws Exception;
    }

    private static Arguments wrong(String finding, Agreed.Replies replies, Answer answer) {
        return Arguments.of(finding, replies, (Script) talk -> {
            talk.open(SIZE, replies);
            answer.give(talk, talk.request(replies == Agreed.Replies.EXTENDED));
        });
    }

    @ParameterizedTest
    @MethodSource("wrongReplies")
    void aWrongReplyEndsTheConnectionAndInTheEndTheRead(String finding, Agreed.Replies replies, Script script) throws Exception {
        var options = finding.equals("silent") || finding.endsWith("within") ? HASTY_TO_READ : OPTIONS;
        try (var server = new ScriptedServer(script); var client = NbdClient.open(server.address(), options)) {
            var e = assertThrows(NbdRequestException.class, () -> client.read(0, ByteBuffer.allocate(4096)));
            assertTrue(e.getMessage().contains(finding), e.getMessage());
            assertEquals(2, server.connections());
            assertEquals(Optional.empty(), e.error());
            assertFalse(e.getMessage().contains("secret"), e.getMessage());
        }
    }

    @Test
    void aReplyThatComesTwiceEndsTheConnectionAndNotTheRead() throws Exception {
        try (var server = new ScriptedServer(talk -> {
            talk.open(SIZE, Agreed.Replies.SIMPLE);
            while (true) {
                var request = talk.request();
                talk.serveSimply(request);
                if (talk.number == 1) {
                    talk.serveSimply(request);
                }
            }
        }); var client = NbdClient.open(server.address(), OPTIONS.withRequests(4096, 1))) {
            for (int i = 0; i < 20; i++) {
                RealPeersTest.assertPattern(client, i * 9000L, 9000);
            }
            assertEquals(2, server.connections());
        }
    }

    @Test
    void aConnectionThatDiesNowAndThenCostsNoByte() throws Exception {
        try (var server = new ScriptedServer(talk -> {
            talk.open(SIZE, Agreed.Replies.SIMPLE);
            for (int i = 0; i < 5; i++) {
                talk.serveSimply(talk.request());
            }
            var request = talk.request(); // cut off in the middle of the sixth
            talk.send(new SimpleReply(0, request.cookie())::encode);
            talk.sendBytes(new byte[(int) request.length() / 2]);
        }); var client = NbdClient.open(server.address(), OPTIONS.withRequests(64 << 10, 8).withConnections(2))) {
            RealPeersTest.assertPattern(client, 5, 4 << 20);
            assertTrue(server.connections() > 5);
        }
    }

    @Test
    void aShutdownSendsItsRequestsElsewhere() throws Exception {
        try (var server = new ScriptedServer(talk -> {
            talk.open(SIZE, Agreed.Replies.SIMPLE);
            while (true) {
                var request = talk.request();
                if (talk.number == 1) {
                    talk.send(new SimpleReply(NbdError.SHUTDOWN.code(), request.cookie())::encode);
                } else {
                    talk.serveSimply(request);
                }
            }
        }); var client = NbdClient.open(server.address(), OPTIONS)) {
            RealPeersTest.assertPattern(client, 0, 1 << 20);
        }
    }

    static Stream<Arguments> finalErrors() {
        return Stream.of(Arguments.of(1, NbdError.NOT_PERMITTED), Arguments.of(22, NbdError.INVALID),
                Arguments.of(75, NbdError.OVERFLOW), Arguments.of(95, NbdError.NOT_SUPPORTED), Arguments.of(4711, NbdError.INVALID));
    }

    @ParameterizedTest
    @MethodSource("finalErrors")
    void anErrorThatWillNotPassIsToldAtOnceAndTheConnectionGoesOn(int code, NbdError error) throws Exception {
        try (var server = new ScriptedServer(talk -> {
            talk.open(SIZE, Agreed.Replies.SIMPLE);
            while (true) {
                talk.send(new SimpleReply(code, talk.request().cookie())::encode);
                talk.serveSimply(talk.request());
            }
        }); var client = NbdClient.open(server.address(), OPTIONS)) {
            var e = assertThrows(NbdRequestException.class, () -> client.read(0, ByteBuffer.allocate(4096)));
            assertEquals(Optional.of(error), e.error());
            RealPeersTest.assertPattern(client, 8192, 4096);
            assertEquals(1, server.connections());
        }
    }

    @Test
    void anErrorAfterDataOutweighsThem() throws Exception {
        try (var server = new ScriptedServer(talk -> {
            talk.open(SIZE, Agreed.Replies.STRUCTURED);
            while (true) {
                var request = talk.request();
                talk.chunk(0, ChunkHeader.DATA, request.cookie(), out -> out.writeLong(request.offset()).writeZero(4096));
                var error = new ErrorChunk(NbdError.NOT_PERMITTED, "so much and no further", OptionalLong.of(request.offset()));
                talk.chunk(0, error.type(), request.cookie(), error::encode);
                talk.chunk(1, ChunkHeader.NONE, request.cookie(), _ -> { });
            }
        }); var client = NbdClient.open(server.address(), OPTIONS)) {
            var e = assertThrows(NbdRequestException.class, () -> client.read(0, ByteBuffer.allocate(4096)));
            assertTrue(e.getMessage().contains("so much and no further"), e.getMessage());
        }
    }

    @Test
    void aServerThatEndsEveryConnectionUnusedIsLeftAlone() throws Exception {
        try (var server = new ScriptedServer(talk -> talk.open(SIZE, Agreed.Replies.SIMPLE));
                var client = NbdClient.open(server.address(), OPTIONS.withRetries(
                        new NbdRetries(2, Duration.ofMillis(2), Duration.ofMillis(4), SHORT)))) {
            assertThrows(NbdException.class, () -> client.read(0, ByteBuffer.allocate(4 << 20)));
        }
    }

    // ---- odd, but right

    @Test
    void chunksInAnyOrderAndBetweenOthersMakeTheSameBytes() throws Exception {
        long seed = Long.getLong("xenolith.seed", ThreadLocalRandom.current().nextLong(1L << 40));
        for (var replies : new Agreed.Replies[] {Agreed.Replies.STRUCTURED, Agreed.Replies.EXTENDED}) {
            try (var server = new ScriptedServer(talk -> new Shuffling(talk, replies, new Random(seed)).run());
                    var client = NbdClient.open(server.address(), OPTIONS.withRequests(64 << 10, 6))) {
                var random = new Random(seed);
                for (int i = 0; i < 10; i++) {
                    int length = 1 + random.nextInt(1 << 20);
                    RealPeersTest.assertPattern(client, random.nextLong(SIZE - length), length);
                }
                assertEquals(1, server.connections());
            } catch (Throwable e) {
                throw new AssertionError("repeat with -Dxenolith.seed=" + seed, e);
            }
        }
    }

    /// Collects some requests, cuts their answers into chunks and sends all of these in random order and random portions.
    /// Of the pattern's bytes, zeros go as holes where they are found.
    private record Shuffling(Talk talk, Agreed.Replies replies, Random random) {
        void run() throws Exception {
            boolean extended = replies == Agreed.Replies.EXTENDED;
            talk.open(SIZE, replies);
            while (true) {
                var requests = new ArrayList<Request>();
                do {
                    requests.add(talk.request(extended));
                } while (talk.in.available() > 0 && requests.size() < 4);
                if (requests.getLast().command() == Command.DISCONNECT) {
                    return;
                }
                var chunks = new ArrayList<ByteBuf>();
                requests.forEach(request -> cut(request, extended, chunks));
                Collections.shuffle(chunks, random);
                for (var request : requests) {
                    chunks.add(encode(ChunkHeader.DONE, ChunkHeader.NONE, request, extended, _ -> { }));
                }
                var all = Unpooled.wrappedBuffer(chunks.toArray(ByteBuf[]::new));
                while (all.isReadable()) {
                    var portion = new byte[Math.min(all.readableBytes(), 1 + random.nextInt(random.nextBoolean() ? 60 : 90_000))];
                    all.readBytes(portion);
                    talk.sendBytes(portion);
                }
            }
        }

        private void cut(Request request, boolean extended, List<ByteBuf> chunks) {
            long end = request.offset() + request.length();
            for (long at = request.offset(); at < end; ) {
                long from = at;
                int length = (int) Math.min(end - at, 1 + random.nextInt(40_000));
                boolean zero = RealPeersTest.patternAt(at) == 0;
                if (zero && random.nextBoolean()) {
                    chunks.add(encode(0, ChunkHeader.HOLE, request, extended, out -> out.writeLong(from).writeInt(1)));
                    length = 1;
                } else {
                    var bytes = Talk.bytes(at, length);
                    chunks.add(encode(0, ChunkHeader.DATA, request, extended, out -> out.writeLong(from).writeBytes(bytes)));
                }
                at += length;
            }
        }

        private static ByteBuf encode(int flags, int type, Request request, boolean extended, Consumer<ByteBuf> payload) {
            var body = Unpooled.buffer();
            payload.accept(body);
            var header = new ChunkHeader(flags, type, request.cookie(), body.readableBytes());
            var out = Unpooled.buffer();
            if (extended) {
                header.encodeExtended(out, request.offset());
            } else {
                header.encode(out);
            }
            return out.writeBytes(body);
        }
    }

    // ---- block status

    @Test
    void aBlockStatusMayComeInSmallPartsAndReachTooFar() throws Exception {
        for (boolean extended : new boolean[] {false, true}) {
            try (var server = new ScriptedServer(answeringStatus(extended, _ -> List.of(new StatusChunk.Extent(1 << 20, 3),
                    new StatusChunk.Extent(3 << 20, 0))));
                    var client = NbdClient.open(server.address(), OPTIONS)) {
                var extents = new ArrayList<String>();
                client.status(StatusChunk.ALLOCATION, 4096, 7 << 20,
                        (offset, length, flags) -> extents.add("%d+%d:%d".formatted(offset, length, flags)));
                assertEquals(List.of("4096+1048576:3", "1052672+3145728:0", "4198400+1048576:3", "5246976+2097152:0"), extents);
            }
        }
    }

    @Test
    void aWrongBlockStatusIsAFailure() throws Exception {
        for (var extents : List.of(List.<StatusChunk.Extent>of(), List.of(new StatusChunk.Extent(0, 0)))) {
            try (var server = new ScriptedServer(answeringStatus(false, _ -> extents));
                    var client = NbdClient.open(server.address(), OPTIONS)) {
                assertThrows(NbdRequestException.class,
                        () -> client.status(StatusChunk.ALLOCATION, 0, SIZE, (_, _, _) -> { }));
            }
        }
        // one that never gets past what lies before the question
        try (var server = new ScriptedServer(answeringStatus(false, _ -> List.of(new StatusChunk.Extent(1, 0))));
                var client = NbdClient.open(server.address(), OPTIONS)) {
            assertThrows(NbdRequestException.class,
                    () -> client.status(StatusChunk.ALLOCATION, 100, 4096, (_, _, _) -> { }));
        }
    }

    private interface StatusAnswer {
        List<StatusChunk.Extent> to(Request request);
    }

    private static Script answeringStatus(boolean extended, StatusAnswer answer) {
        return talk -> {
            talk.open(SIZE, extended ? Agreed.Replies.EXTENDED : Agreed.Replies.STRUCTURED);
            while (true) {
                var request = talk.request(extended);
                assertEquals(Command.BLOCK_STATUS, request.command());
                var status = new StatusChunk(0, answer.to(request));
                if (extended) {
                    talk.send(out -> {
                        new ChunkHeader(1, ChunkHeader.EXTENDED_STATUS, request.cookie(), status.bytes(true))
                                .encodeExtended(out, request.offset());
                        status.encode(out, true);
                    });
                } else {
                    talk.chunk(1, ChunkHeader.STATUS, request.cookie(), out -> status.encode(out, false));
                }
            }
        };
    }

    @Test
    void aReceiversFailureIsTheCallers() throws Exception {
        try (var server = new ScriptedServer(answeringStatus(false, request -> List.of(new StatusChunk.Extent(request.length(), 0))));
                var client = NbdClient.open(server.address(), OPTIONS)) {
            assertThrows(IOException.class, () -> client.status(StatusChunk.ALLOCATION, 0, SIZE, (_, _, _) -> {
                throw new IOException("full");
            }));
        }
    }
}
