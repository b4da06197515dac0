package io.xenolith.nbd.server;

import io.xenolith.nbd.protocol.BlockSizes;
import io.xenolith.nbd.protocol.Command;
import io.xenolith.nbd.protocol.ExportName;
import io.xenolith.nbd.protocol.ExportNameReply;
import io.xenolith.nbd.protocol.Greeting;
import io.xenolith.nbd.protocol.OptionError;
import io.xenolith.nbd.protocol.OptionReply;
import io.xenolith.nbd.protocol.OptionRequest;
import io.xenolith.nbd.protocol.Request;
import io.xenolith.nbd.protocol.SimpleReply;
import io.xenolith.nbd.protocol.TransmissionFlags;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static io.xenolith.nbd.server.Export.ALLOCATION;
import static io.xenolith.nbd.server.MemoryDisk.CHANGED;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// What the server says to options, in and out of order.
class NegotiationTest {
    private static final ExportName DISK = new ExportName(MemoryDisk.NAME);
    private static final OptionReply ACK = new OptionReply.Ack();
    private static final int READ_ONLY_FLAGS = 0x050f;
    private static final int DF = TransmissionFlags.SEND_DF;

    private final MemoryDisk disk = MemoryDisk.random(1 << 20, new Random(1));
    private NbdServer server;

    @BeforeEach
    void start() throws IOException {
        server = NbdServer.start(NbdServerOptions.loopback(0), disk);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        assertEquals(0, disk.open.get(), "exports left open");
    }

    @Test
    void goTellsSizeFlagsAndBlockSizesAndWhatWasAskedFor() throws IOException {
        try (var client = RawClient.greeted(server)) {
            var replies = client.ask(new OptionRequest.Go(DISK, List.of(OptionRequest.INFO_NAME, OptionRequest.INFO_DESCRIPTION, 77)));
            assertEquals(List.of(new OptionReply.Export(1 << 20, new TransmissionFlags(READ_ONLY_FLAGS)),
                    new OptionReply.Sizes(new BlockSizes(1, 64 << 10, 32 << 20)), new OptionReply.Name(DISK),
                    new OptionReply.Description("a disk in memory"), ACK), replies);
        }
    }

    @Test
    void structuredRepliesBringTheDontFragmentFlag() throws IOException {
        try (var client = RawClient.greeted(server)) {
            assertEquals(List.of(ACK), client.ask(new OptionRequest.StructuredReply()));
            var info = client.ask(new OptionRequest.Info(DISK, List.of()));
            assertEquals(new OptionReply.Export(1 << 20, new TransmissionFlags(READ_ONLY_FLAGS | DF)), info.getFirst());
            assertEquals(OptionError.INVALID, refusal(client.ask(new OptionRequest.StructuredReply())));
        }
    }

    @Test
    void aWritableExportTakesEveryKindOfWrite() throws IOException {
        try (var client = RawClient.greeted(server)) {
            var info = client.ask(new OptionRequest.Info(new ExportName(MemoryDisk.SCRATCH), List.of()));
            assertEquals(new OptionReply.Export(1 << 20, new TransmissionFlags(0x056d)), info.getFirst());
        }
    }

    @Test
    void exportNameIsFollowedByZerosUnlessBothSidesLeaveThemOut() throws IOException {
        for (int flags : List.of(0, Greeting.FIXED_NEWSTYLE, Greeting.NO_ZEROES, 3)) {
            boolean noZeroes = (flags & Greeting.NO_ZEROES) != 0;
            try (var client = RawClient.greeted(server, flags)) {
                client.send(new OptionRequest.Export(DISK)::encode);
                assertEquals(new ExportNameReply(1 << 20, new TransmissionFlags(READ_ONLY_FLAGS)),
                        ExportNameReply.decode(client.read(ExportNameReply.bytes(noZeroes)), noZeroes));
                assertReadsTheDisk(client);
            }
        }
    }

    private void assertReadsTheDisk(RawClient client) throws IOException {
        client.request(Command.READ, 0, 42, 0, disk.size());
        assertEquals(new SimpleReply(0, 42), client.simpleReply());
        assertArrayEquals(disk.bytes(), client.read((int) disk.size()).array());
    }

    @Test
    void anUnknownExportEndsExportNameButNotGo() throws IOException {
        var unknown = new ExportName("secret?session=1");
        try (var client = RawClient.greeted(server)) {
            var refusal = (OptionReply.Refusal) client.ask(new OptionRequest.Go(unknown, List.of())).getLast();
            assertEquals(OptionError.UNKNOWN_EXPORT, refusal.error());
            assertFalse(refusal.text().contains("session"), refusal.text());
            assertEquals(ACK, client.ask(new OptionRequest.Info(DISK, List.of())).getLast());
            client.send(new OptionRequest.Export(unknown)::encode);
            assertTrue(client.isCut());
        }
    }

    @Test
    void contextsNeedStructuredRepliesAndArePartOfOneExportOnly() throws IOException {
        try (var client = RawClient.greeted(server)) {
            var select = new OptionRequest.SetContexts(DISK, List.of(ALLOCATION));
            assertEquals(OptionError.INVALID, refusal(client.ask(select)));
            client.ask(new OptionRequest.StructuredReply());
            assertEquals(List.of(new OptionReply.Context(0, ALLOCATION), ACK), client.ask(select));
            client.ask(new OptionRequest.Go(new ExportName(MemoryDisk.SCRATCH), List.of()));
            client.request(Command.BLOCK_STATUS, 0, 1, 0, 4096);
            assertEquals(22, client.chunk().error().error().code());
        }
    }

    @Test
    void wildcardsCountInListsOnly() throws IOException {
        try (var client = RawClient.greeted(server)) {
            client.ask(new OptionRequest.StructuredReply());
            assertEquals(List.of(ALLOCATION, CHANGED), names(client.ask(new OptionRequest.ListContexts(DISK, List.of()))));
            assertEquals(List.of(ALLOCATION), names(client.ask(new OptionRequest.ListContexts(DISK, List.of("base:")))));
            assertEquals(List.of(CHANGED), names(client.ask(new OptionRequest.ListContexts(DISK, List.of("x-xenolith:changed-since:", "qemu:")))));
            assertEquals(List.of(), names(client.ask(new OptionRequest.SetContexts(DISK, List.of("base:", "qemu:dirty-bitmap:x")))));
            assertEquals(List.of(), names(client.ask(new OptionRequest.SetContexts(DISK, List.of()))));
            assertEquals(List.of(CHANGED), names(client.ask(new OptionRequest.SetContexts(DISK, List.of(CHANGED, CHANGED)))));
        }
    }

    private static List<String> names(List<OptionReply> replies) {
        return replies.stream().filter(OptionReply.Context.class::isInstance).map(OptionReply.Context.class::cast)
                .map(OptionReply.Context::name).toList();
    }

    @Test
    void theListCanBeForbiddenWithoutHarmToThoseWhoKnowAName() throws IOException {
        try (var closed = NbdServer.start(NbdServerOptions.loopback(0).withoutListing(), disk);
             var client = RawClient.greeted(closed)) {
            assertEquals(OptionError.POLICY, refusal(client.ask(new OptionRequest.ListExports())));
            assertEquals(ACK, client.ask(new OptionRequest.Go(DISK, List.of())).getLast());
            assertReadsTheDisk(client);
        }
    }

    @Test
    void unknownOptionsAreSkippedAndAbortIsAcknowledged() throws IOException {
        try (var client = RawClient.greeted(server)) {
            for (int length : List.of(0, 1, 70_000, 1 << 20)) {
                client.send(out -> out.writeBytes("IHAVEOPT".getBytes()).writeInt(99).writeInt(length).writeZero(length));
                assertEquals(OptionError.UNSUPPORTED, refusal(client.replies(99)));
            }
            assertEquals(List.of(ACK), client.ask(new OptionRequest.Abort()));
            assertTrue(client.isCut());
        }
    }

    @Test
    void tlsIsRefusedByAServerWithoutIt() throws IOException {
        try (var client = RawClient.greeted(server)) {
            assertEquals(OptionError.POLICY, refusal(client.ask(new OptionRequest.StartTls())));
            assertEquals(3, client.ask(new OptionRequest.ListExports()).size());
        }
    }

    @Test
    void anOptionThatContradictsItselfIsRefusedAndTheNextOneUnderstood() throws IOException {
        try (var client = RawClient.greeted(server)) {
            client.send(out -> out.writeBytes("IHAVEOPT".getBytes()).writeInt(7).writeInt(6).writeInt(-1).writeShort(0));
            assertEquals(OptionError.INVALID, refusal(client.replies(7)));
            assertEquals(ACK, client.ask(new OptionRequest.Go(DISK, List.of())).getLast());
        }
    }

    @Test
    void requestsThatFollowGoWithoutAPauseAreAnswered() throws IOException {
        try (var client = RawClient.greeted(server)) {
            client.send(out -> {
                new OptionRequest.Go(DISK, List.of()).encode(out);
                Request.encode(out, false, 0, Command.READ, 42, 0, (int) disk.size());
            });
            client.replies(7);
            assertEquals(new SimpleReply(0, 42), client.simpleReply());
            assertArrayEquals(disk.bytes(), client.read((int) disk.size()).array());
        }
    }

    private static OptionError refusal(List<OptionReply> replies) {
        assertEquals(1, replies.size(), replies::toString);
        return ((OptionReply.Refusal) replies.getFirst()).error();
    }
}
