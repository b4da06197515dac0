package io.xenolith.nbd.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.internal.PlatformDependent;
import io.xenolith.nbd.protocol.ClientFlags;
import io.xenolith.nbd.protocol.Command;
import io.xenolith.nbd.protocol.ExportName;
import io.xenolith.nbd.protocol.OptionError;
import io.xenolith.nbd.protocol.OptionReply;
import io.xenolith.nbd.protocol.OptionRequest;
import io.xenolith.nbd.protocol.Request;
import io.xenolith.nbd.protocol.SimpleReply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static io.xenolith.nbd.server.MemoryDisk.NAME;
import static io.xenolith.nbd.server.MemoryDisk.SCRATCH;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// Clients that want to crash the server, fill its memory, occupy it, or see what they may not. Each test ends with an
/// honest client that is served as if nothing had happened, and no export is left open.
class HostileClientsTest {
    private static final ExportName DISK = new ExportName(NAME);
    private static final int SIZE = 4 << 20;
    private static final Duration SOON = Duration.ofMillis(300);

    private final MemoryDisk disk = MemoryDisk.random(SIZE, new Random(7));
    private NbdServer server;

    private NbdServer start(ServerLimits limits) throws IOException {
        server = NbdServer.start(NbdServerOptions.loopback(0).withLimits(limits), disk);
        return server;
    }

    @AfterEach
    void anHonestClientIsServedAndNothingIsLeft() throws Exception {
        disk.gate = null;
        try (var client = RawClient.served(server, NAME)) {
            client.request(Command.READ, 0, 1, 0, SIZE);
            assertEquals(new SimpleReply(0, 1), client.simpleReply());
            assertArrayEquals(disk.bytes(), client.read(SIZE).array());
        }
        server.close();
        assertEquals(0, disk.open.get(), "exports left open");
    }

    private static void option(ByteBuf out, int option, long length) {
        out.writeBytes("IHAVEOPT".getBytes(StandardCharsets.US_ASCII)).writeInt(option).writeInt((int) length);
    }

    @Test
    void optionsLongerThanAnyIsNeverAllowedAreNotWaitedFor() throws IOException {
        start(ServerLimits.DEFAULT);
        for (int known : List.of(1, 2, 3, 5, 6, 7, 8, 9, 10, 11)) {
            assertCutAfter(out -> option(out, known, (64 << 10) + 1));
            assertCutAfter(out -> option(out, known, 0xffffffffL));
        }
        assertCutAfter(out -> option(out, 99, (1 << 20) + 1));
        assertCutAfter(out -> option(out, 99, 0xffffffffL));
    }

    private void assertCutAfter(RawClient.Message message) throws IOException {
        try (var client = RawClient.greeted(server)) {
            client.send(message);
            assertTrue(client.isCut());
        }
    }

    @Test
    void namesAndCountsThatLieAreRefused() throws IOException {
        start(ServerLimits.DEFAULT);
        try (var client = RawClient.greeted(server)) {
            client.ask(new OptionRequest.StructuredReply());
            assertInvalid(client, 7, out -> out.writeInt(0xffffffff).writeShort(0));
            assertInvalid(client, 7, out -> out.writeInt(5000).writeZero(5000).writeShort(0));
            assertInvalid(client, 7, out -> out.writeInt(1).writeByte(0).writeShort(0));      // NUL
            assertInvalid(client, 7, out -> out.writeInt(1).writeByte(0xff).writeShort(0));   // not UTF-8
            assertInvalid(client, 7, out -> out.writeInt(0).writeShort(0xffff));
            assertInvalid(client, 6, out -> out.writeInt(0).writeShort(0).writeByte(0));
            assertInvalid(client, 9, out -> out.writeInt(0).writeInt(0xffffffff));
            assertInvalid(client, 10, out -> out.writeInt(0).writeInt(2000).writeZero(8000));
            assertInvalid(client, 10, out -> out.writeInt(0).writeInt(1).writeInt(0xffffffff));
            assertInvalid(client, 3, out -> out.writeInt(0));
            assertInvalid(client, 8, out -> out.writeInt(0));
            assertEquals(3, client.ask(new OptionRequest.ListExports()).size());
        }
    }

    private static void assertInvalid(RawClient client, int option, RawClient.Message data) throws IOException {
        client.send(out -> {
            var bytes = Unpooled.buffer();
            data.encode(bytes);
            option(out, option, bytes.readableBytes());
            out.writeBytes(bytes);
        });
        var refusal = (OptionReply.Refusal) client.replies(option).getFirst();
        assertEquals(OptionError.INVALID, refusal.error());
    }

    @Test
    void theLongestNameIsNotEchoed() throws IOException {
        start(ServerLimits.DEFAULT);
        try (var client = RawClient.greeted(server)) {
            var refusal = (OptionReply.Refusal) client.ask(
                    new OptionRequest.Go(new ExportName("n".repeat(4096)), List.of())).getFirst();
            assertTrue(refusal.text().length() < 100, refusal.text());
        }
    }

    @Test
    void whoeverAsksForEverLosesPatience() throws IOException {
        start(ServerLimits.DEFAULT);
        try (var client = RawClient.greeted(server)) {
            client.send(out -> {
                for (int i = 0; i < 33; i++) {
                    new OptionRequest.Info(DISK, List.of()).encode(out);
                }
            });
            for (int i = 0; i < 32; i++) {
                client.replies(6);
            }
            assertTrue(client.isCut());
        }
    }

    @Test
    void aFloodOfOptionsWaitsOutside() throws IOException {
        start(ServerLimits.DEFAULT);
        try (var client = RawClient.greeted(server)) {
            client.socket.setSoTimeout(200);
            var flood = Unpooled.buffer();
            option(flood, 99, 1 << 20);
            flood.writeZero(1 << 20);
            for (int i = 0; i < 32; i++) { // 32 MiB that nobody keeps
                client.socket.getOutputStream().write(flood.array(), 0, flood.readableBytes());
                client.replies(99);
            }
        }
    }

    @Test
    void wrongMagicsAndUnknownFlagsEndTheConnection() throws IOException {
        start(ServerLimits.DEFAULT);
        assertCutAfter(out -> out.writeBytes("IHAVEOPQ".getBytes(StandardCharsets.US_ASCII)).writeLong(0));
        try (var client = new RawClient(server)) {
            client.read(18);
            client.send(out -> new ClientFlags(4).encode(out));
            assertTrue(client.isCut());
        }
        try (var client = RawClient.greeted(server, 0)) { // a client that may only send EXPORT_NAME
            client.send(new OptionRequest.ListExports()::encode);
            assertTrue(client.isCut());
        }
        try (var client = RawClient.served(server, NAME)) {
            client.send(out -> out.writeZero(28));
            assertTrue(client.isCut());
        }
    }

    @Test
    void silentClientsAreCutAndOnlySoManyMayBeSilent() throws Exception {
        start(ServerLimits.DEFAULT.withHandshakes(3, SOON));
        var silent = new ArrayList<RawClient>();
        for (int i = 0; i < 3; i++) {
            silent.add(new RawClient(server));
            silent.getLast().read(18);
        }
        try (var oneMore = new RawClient(server)) {
            assertTrue(oneMore.isCut());
        }
        for (var client : silent) {
            assertTrue(client.isCut());
            client.close();
        }
        awaitRoom();
    }

    /// The server notices the end of a connection a little later than its client.
    private void awaitRoom() throws Exception {
        awaitClients(0);
        for (int i = 0; i < 200; i++) {
            try (var client = new RawClient(server)) {
                client.read(18);
                return;
            } catch (IOException e) {
                Thread.sleep(5);
            }
        }
    }

    private void awaitClients(int count) throws InterruptedException {
        for (int i = 0; i < 2000 && server.clients() != count; i++) {
            Thread.sleep(5);
        }
        assertEquals(count, server.clients());
    }

    @Test
    void onlySoManyClientsAreServedAndTheNextIsToldSo() throws Exception {
        start(ServerLimits.DEFAULT.withConnections(2));
        try (var _ = RawClient.served(server, NAME); var _ = RawClient.served(server, NAME);
             var third = RawClient.greeted(server)) {
            var refusal = (OptionReply.Refusal) third.ask(new OptionRequest.Go(DISK, List.of())).getFirst();
            assertEquals(OptionError.POLICY, refusal.error());
        }
        awaitRoom();
    }

    @Test
    void aPayloadBeyondTheLimitEndsTheConnectionAndOneWithinIsSkipped() throws IOException {
        start(ServerLimits.DEFAULT);
        try (var client = RawClient.served(server, SCRATCH)) {
            client.request(Command.WRITE, 0, 1, 0, (32 << 20) + 1);
            assertTrue(client.isCut());
        }
        try (var client = RawClient.served(server, SCRATCH)) {
            client.send(out -> {
                Request.encode(out, false, 0, Command.WRITE, 1, 0, SIZE + 1);
                out.writeZero(SIZE + 1);
            });
            assertEquals(28, client.simpleReply().error());
        }
    }

    @Test
    void whoeverTakesNoAnswersHoldsLittleAndNotForLong() throws Exception {
        start(ServerLimits.DEFAULT.withStall(SOON));
        long before = PlatformDependent.usedDirectMemory();
        var hogs = new ArrayList<RawClient>();
        for (int i = 0; i < 4; i++) {
            var hog = RawClient.served(server, NAME, i % 2 == 0 ? new OptionRequest[0]
                    : new OptionRequest[] {new OptionRequest.StructuredReply()});
            hogs.add(hog);
            hog.send(out -> {
                for (int cookie = 0; cookie < 1000; cookie++) {
                    Request.encode(out, false, 0, Command.READ, cookie, 0, SIZE);
                }
            });
        }
        try (var honest = RawClient.served(server, NAME)) {
            honest.request(Command.READ, 0, 1, 0, 512);
            assertEquals(new SimpleReply(0, 1), honest.simpleReply());
            honest.read(512);
        }
        long held = PlatformDependent.usedDirectMemory() - before;
        assertTrue(held < 4L * (16 << 20) + 4L * (32 << 20), "bytes held: " + held);
        awaitClients(0);
        for (var hog : hogs) { // what was on its way comes, and then the end, long before 4 GB
            hog.skipToEnd();
            hog.close();
        }
    }

    @Test
    void halfARequestIsNotWaitedForForEver() throws IOException {
        start(ServerLimits.DEFAULT.withStall(SOON));
        try (var client = RawClient.served(server, NAME)) {
            client.send(out -> out.writeInt(0x25609513));
            assertTrue(client.isCut());
        }
        try (var client = RawClient.served(server, SCRATCH)) {
            client.request(Command.WRITE, 0, 1, 0, 4096);
            client.send(out -> out.writeZero(4095));
            assertTrue(client.isCut());
        }
    }

    @Test
    void idleClientsAreLeftAloneUnlessALimitIsSet() throws Exception {
        start(ServerLimits.DEFAULT.withStall(Duration.ofMillis(50)));
        try (var client = RawClient.served(server, NAME)) {
            Thread.sleep(200);
            client.request(Command.FLUSH, 0, 1, 0, 0);
            assertEquals(new SimpleReply(0, 1), client.simpleReply());
        }
        server.close();
        start(ServerLimits.DEFAULT.withIdle(Duration.ofMillis(100)));
        try (var client = RawClient.served(server, NAME)) {
            assertTrue(client.isCut());
        }
    }

    /// All the ways a conversation can break off, bytes of an answer in flight or not.
    @Test
    void leavingAfterAnyByteHarmsNobody() throws IOException {
        start(ServerLimits.DEFAULT);
        var talk = Unpooled.buffer();
        new ClientFlags(3).encode(talk);
        new OptionRequest.StructuredReply().encode(talk);
        new OptionRequest.SetContexts(DISK, List.of(Export.ALLOCATION)).encode(talk);
        new OptionRequest.Go(new ExportName(SCRATCH), List.of()).encode(talk);
        Request.encode(talk, false, 0, Command.READ, 1, 0, SIZE);
        Request.encode(talk, false, 0, Command.WRITE, 1, 0, 64);
        talk.writeBytes(disk.bytes(), 0, 64);
        Request.encode(talk, false, 0, Command.DISCONNECT, 1, 0, 0);
        for (int bytes = 0; bytes <= talk.readableBytes(); bytes++) {
            try (var client = new RawClient(server)) {
                client.socket.getOutputStream().write(talk.array(), 0, bytes);
                client.socket.setSoLinger(bytes % 2 == 0, 0); // with a reset, or without
            }
        }
    }

    @Test
    void nonsenseHarmsNobody() throws IOException {
        start(ServerLimits.DEFAULT.withHandshakes(100, SOON).withStall(SOON));
        long seed = Long.getLong("xenolith.seed", ThreadLocalRandom.current().nextLong(1L << 40));
        System.err.println("nonsense: repeat with -Dxenolith.seed=" + seed);
        var random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            boolean served = random.nextBoolean();
            try (var client = served ? RawClient.served(server, NAME) : RawClient.greeted(server)) {
                var bytes = new byte[random.nextInt(300)];
                random.nextBytes(bytes);
                client.send(out -> {
                    if (served) { // a good head, so that it is not all thrown away at once
                        out.writeInt(0x25609513).writeShort(random.nextInt(64)).writeShort(random.nextInt(10));
                    } else {
                        option(out, random.nextInt(13), random.nextInt(300));
                    }
                    out.writeBytes(bytes);
                });
            }
        }
    }
}
