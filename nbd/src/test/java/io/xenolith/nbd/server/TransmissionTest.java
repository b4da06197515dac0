package io.xenolith.nbd.server;

import io.netty.buffer.Unpooled;
import io.xenolith.nbd.protocol.ChunkHeader;
import io.xenolith.nbd.protocol.Command;
import io.xenolith.nbd.protocol.ExportName;
import io.xenolith.nbd.protocol.NbdError;
import io.xenolith.nbd.protocol.OptionRequest;
import io.xenolith.nbd.protocol.Request;
import io.xenolith.nbd.protocol.SimpleReply;
import io.xenolith.nbd.protocol.StatusChunk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static io.xenolith.nbd.server.MemoryDisk.NAME;
import static io.xenolith.nbd.server.MemoryDisk.PAGE;
import static io.xenolith.nbd.server.MemoryDisk.SCRATCH;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// What the server answers to requests, legal and not, in all forms of replies.
class TransmissionTest {
    private static final OptionRequest STRUCTURED = new OptionRequest.StructuredReply();
    private static final int SIZE = 4 << 20;

    private final MemoryDisk disk = MemoryDisk.random(SIZE, new Random(2));
    private NbdServer server;

    @BeforeEach
    void start() throws IOException {
        server = NbdServer.start(NbdServerOptions.loopback(0), disk);
    }

    @AfterEach
    void stop() throws IOException {
        disk.gate = null;
        server.close();
        assertEquals(0, disk.open.get(), "exports left open");
    }

    @Test
    void holesAreNotSentUnlessTheAnswerMayNotBeSplit() throws IOException {
        try (var client = RawClient.served(server, NAME, STRUCTURED)) {
            var whole = readInChunks(client, 0);
            assertArrayEquals(disk.bytes(), whole.bytes);
            assertTrue(whole.holes > 5, "holes: " + whole.holes);

            client.request(Command.READ, Command.DONT_FRAGMENT, 7, 0, SIZE);
            var one = client.chunk();
            assertEquals(new ChunkHeader(ChunkHeader.DONE, ChunkHeader.DATA, 7, SIZE + 8), one.header());
            assertArrayEquals(disk.bytes(), Arrays.copyOfRange(one.payload().array(), 8, SIZE + 8));
        }
    }

    private record Whole(byte[] bytes, int holes) {}

    private Whole readInChunks(RawClient client, long cookie) throws IOException {
        client.request(Command.READ, 0, cookie, 0, SIZE);
        var bytes = new byte[SIZE];
        int covered = 0;
        int holes = 0;
        while (true) {
            var chunk = client.chunk();
            assertEquals(cookie, chunk.header().cookie());
            int offset = Math.toIntExact(chunk.payload().readLong());
            if (chunk.header().type() == ChunkHeader.HOLE) {
                covered += chunk.payload().readInt();
                holes++;
            } else {
                assertEquals(ChunkHeader.DATA, chunk.header().type());
                int length = chunk.payload().readableBytes();
                assertTrue(length <= ReadAnswer.PIECE, "a piece of " + length);
                chunk.payload().readBytes(bytes, offset, length);
                covered += length;
            }
            if (chunk.header().done()) {
                assertEquals(SIZE, covered);
                return new Whole(bytes, holes);
            }
        }
    }

    @Test
    void aReadThatFailsEndsInAnErrorAtItsPlaceAndTheNextOneSucceeds() throws IOException {
        disk.failingPage = 700;
        disk.write(700L * PAGE, ByteBuffer.allocate(PAGE)); // not a hole, so that it is read
        try (var client = RawClient.served(server, NAME, STRUCTURED)) {
            client.request(Command.READ, 0, 1, 0, SIZE);
            RawClient.Chunk last;
            do {
                last = client.chunk();
            } while (!last.header().done());
            var error = last.error();
            assertEquals(NbdError.IO, error.error());
            assertEquals("page 700 is damaged", error.text());
            assertTrue(error.offset().getAsLong() <= 700 * PAGE && error.offset().getAsLong() > 700 * PAGE - ReadAnswer.PIECE);
            disk.failingPage = -1;
            assertArrayEquals(disk.bytes(), readInChunks(client, 2).bytes);
        }
    }

    @Test
    void aSimpleReadThatFailsAnnouncesNoSuccess() throws IOException {
        disk.failingPage = 700;
        try (var client = RawClient.served(server, NAME)) {
            client.request(Command.READ, 0, 1, 0, SIZE);
            assertEquals(new SimpleReply(NbdError.IO.code(), 1), client.simpleReply());
            client.request(Command.READ, 0, 2, 0, PAGE);
            assertEquals(new SimpleReply(0, 2), client.simpleReply());
            assertArrayEquals(Arrays.copyOf(disk.bytes(), PAGE), client.read(PAGE).array());
        }
    }

    @Test
    void whatMayNotBeAskedIsRefusedAndTheConnectionGoesOn() throws IOException {
        try (var client = RawClient.served(server, NAME, STRUCTURED)) {
            assertRefused(client, NbdError.INVALID, Command.READ, 0, SIZE - 1, 2);
            assertRefused(client, NbdError.INVALID, Command.READ, 0, -1, 2);
            assertRefused(client, NbdError.INVALID, Command.READ, 0, Long.MAX_VALUE, 1);
            assertRefused(client, NbdError.INVALID, Command.READ, 0, 0, 0);
            assertRefused(client, NbdError.INVALID, Command.READ, Command.ONE_EXTENT, 0, 512);
            assertRefused(client, NbdError.INVALID, Command.READ, 1 << 15, 0, 512);
            assertRefused(client, NbdError.INVALID, Command.BLOCK_STATUS, 0, 0, 512);
            assertRefused(client, NbdError.INVALID, Command.RESIZE, 0, 0, 512);
            assertRefused(client, NbdError.INVALID, Command.UNKNOWN, 0, 0, 512);
            assertRefused(client, NbdError.NOT_PERMITTED, Command.TRIM, 0, 0, 512);
            assertRefused(client, NbdError.NOT_PERMITTED, Command.WRITE_ZEROES, 0, 0, 512);
            assertRefused(client, NbdError.INVALID, Command.CACHE, 0, SIZE, 512);
            assertArrayEquals(disk.bytes(), readInChunks(client, 2).bytes);
        }
    }

    private static void assertRefused(RawClient client, NbdError error, Command command, int flags, long offset, int length)
            throws IOException {
        client.request(command, flags, 5, offset, length);
        var chunk = client.chunk();
        assertEquals(ChunkHeader.ERROR, chunk.header().type());
        assertEquals(error, chunk.error().error());
    }

    @Test
    void theDataOfARefusedWriteAreSkipped() throws IOException {
        try (var client = RawClient.served(server, NAME)) {
            client.send(out -> {
                Request.encode(out, false, 0, Command.WRITE, 1, 0, 3_000_000);
                out.writeZero(3_000_000);
                Request.encode(out, false, 0, Command.FLUSH, 2, 0, 0);
            });
            assertEquals(Set.of(new SimpleReply(NbdError.NOT_PERMITTED.code(), 1), new SimpleReply(0, 2)),
                    Set.of(client.simpleReply(), client.simpleReply()));
        }
    }

    @Test
    void requestsRunSideBySideUpToTheLimitAndAreAnsweredAsTheyAreReady() throws Exception {
        disk.gate = new Semaphore(0);
        try (var client = RawClient.served(server, NAME)) {
            client.send(out -> {
                for (int i = 0; i < 40; i++) {
                    Request.encode(out, false, 0, Command.READ, i, i * PAGE, PAGE);
                }
            });
            while (disk.gate.getQueueLength() < 16) {
                Thread.sleep(1);
            }
            Thread.sleep(20); // time for a 17th to come if it could
            assertEquals(16, disk.gate.getQueueLength());
            disk.gate.release(40);
            var cookies = new HashSet<Long>();
            for (int i = 0; i < 40; i++) {
                long cookie = client.simpleReply().cookie();
                int from = Math.toIntExact(cookie) * PAGE;
                assertArrayEquals(Arrays.copyOfRange(disk.bytes(), from, from + PAGE), client.read(PAGE).array());
                cookies.add(cookie);
            }
            assertEquals(40, cookies.size());
        }
    }

    @Test
    void contextsTellWhatTheExportSays() throws IOException {
        disk.write(10 * PAGE, ByteBuffer.allocate(2 * PAGE));
        var select = new OptionRequest.SetContexts(new ExportName(NAME), List.of(MemoryDisk.CHANGED));
        try (var client = RawClient.served(server, NAME, STRUCTURED, select)) {
            client.request(Command.BLOCK_STATUS, 0, 1, 1000, SIZE - 1000);
            assertEquals(List.of(new StatusChunk.Extent(10 * PAGE - 1000, 0), new StatusChunk.Extent(2 * PAGE, 1),
                    new StatusChunk.Extent(SIZE - 12 * PAGE, 0)), status(client.chunk()));
            client.request(Command.BLOCK_STATUS, Command.ONE_EXTENT, 1, 11 * PAGE, 20 * PAGE);
            assertEquals(List.of(new StatusChunk.Extent(PAGE, 1)), status(client.chunk()));
        }
    }

    private static List<StatusChunk.Extent> status(RawClient.Chunk chunk) throws IOException {
        assertEquals(ChunkHeader.STATUS, chunk.header().type());
        assertTrue(chunk.header().done());
        return StatusChunk.decode(chunk.payload(), false).extents();
    }

    @Test
    void extendedHeadersCarryRequestsBeyondFourGibibytes() throws IOException {
        var select = new OptionRequest.SetContexts(new ExportName(SCRATCH), List.of(Export.ALLOCATION));
        try (var client = RawClient.served(server, SCRATCH, new OptionRequest.ExtendedHeaders(), select)) {
            client.send(out -> Request.encode(out, true, 0, Command.TRIM, 1, 0, 5L << 32));
            var refused = ChunkHeader.decodeExtended(client.read(ChunkHeader.EXTENDED_BYTES));
            assertTrue(refused.isError() && refused.done());
            client.read((int) refused.length());

            client.send(out -> {
                Request.encode(out, true, Command.PAYLOAD_LENGTH, Command.WRITE, 2, PAGE, PAGE);
                out.writeBytes(new byte[PAGE]);
            });
            assertEquals(new ChunkHeader(ChunkHeader.DONE, ChunkHeader.NONE, 2, 0),
                    ChunkHeader.decodeExtended(client.read(ChunkHeader.EXTENDED_BYTES)));
            client.send(out -> Request.encode(out, true, Command.ONE_EXTENT, Command.BLOCK_STATUS, 3, PAGE, PAGE));
            var status = ChunkHeader.decodeExtended(client.read(ChunkHeader.EXTENDED_BYTES));
            assertEquals(ChunkHeader.EXTENDED_STATUS, status.type());
            assertEquals(List.of(new StatusChunk.Extent(PAGE, 0)),
                    StatusChunk.decode(client.read((int) status.length()), true).extents());
        }
    }

    @Test
    void writesZerosTrimsAndFlushesReachAWritableExport() throws IOException {
        var bytes = new byte[3 * PAGE];
        new Random(3).nextBytes(bytes);
        try (var client = RawClient.served(server, SCRATCH)) {
            client.send(out -> {
                Request.encode(out, false, Command.FUA, Command.WRITE, 1, PAGE, bytes.length);
                out.writeBytes(Unpooled.wrappedBuffer(bytes));
            });
            assertEquals(new SimpleReply(0, 1), client.simpleReply());
            assertEquals(1, disk.flushes.get());
            client.request(Command.WRITE_ZEROES, Command.NO_HOLE, 2, 2 * PAGE, PAGE);
            assertEquals(new SimpleReply(0, 2), client.simpleReply());
            client.request(Command.FLUSH, 0, 3, 0, 0);
            assertEquals(new SimpleReply(0, 3), client.simpleReply());
            assertEquals(2, disk.flushes.get());
            client.request(Command.WRITE, 0, 4, SIZE, 1);
            client.send(out -> out.writeByte(1));
            assertEquals(new SimpleReply(NbdError.NO_SPACE.code(), 4), client.simpleReply());
            Arrays.fill(bytes, PAGE, 2 * PAGE, (byte) 0);
            assertArrayEquals(bytes, Arrays.copyOfRange(disk.bytes(), PAGE, 4 * PAGE));
        }
    }

    @Test
    void disconnectingWaitsForWhatWasAskedBefore() throws IOException {
        disk.gate = new Semaphore(0);
        try (var client = RawClient.served(server, NAME)) {
            client.request(Command.READ, 0, 1, 0, PAGE);
            client.request(Command.DISCONNECT, 0, 2, 0, 0);
            client.request(Command.READ, 0, 3, 0, PAGE);
            disk.gate.release(2);
            assertEquals(new SimpleReply(0, 1), client.simpleReply());
            client.read(PAGE);
            assertTrue(client.isCut());
        }
    }

    @Test
    void prefetchingReachesTheExport() throws IOException {
        try (var client = RawClient.served(server, NAME)) {
            client.request(Command.CACHE, 0, 1, 0, SIZE);
            assertEquals(new SimpleReply(0, 1), client.simpleReply());
            assertEquals(1, disk.prefetches.get());
        }
    }
}
