package io.xenolith.nbd.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.nbd.protocol.BlockSizes;
import io.xenolith.nbd.protocol.NbdError;
import io.xenolith.nbd.protocol.StatusChunk;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The client against servers that others wrote.
class RealPeersTest {
    static final NbdClientOptions OPTIONS = NbdClientOptions.DEFAULT.withTimeouts(NbdTimeouts.all(Duration.ofSeconds(20)))
            .withRetries(new NbdRetries(5, Duration.ofMillis(20), Duration.ofMillis(200), Duration.ofSeconds(20)));
    private static final int MIB = 1 << 20;

    @TempDir
    Path directory;

    @AfterEach
    void noThreadIsLeft() {
        assertTrue(Thread.getAllStackTraces().keySet().stream().noneMatch(thread -> thread.getName().startsWith("xenolith-nbd")));
    }

    @Test
    void everyByteOfAnExportArrivesAtItsPlace() throws Exception {
        try (var _ = Peer.nbdkit(directory, "pattern", "9437191"); // 9 MiB and 7 bytes, each 8 bytes their own offset
                var client = NbdClient.open(Peer.unix(directory, ""), OPTIONS)) {
            assertEquals(9437191, client.export().size());
            assertTrue(client.export().flags().readOnly());
            var random = new Random(1);
            for (int i = 0; i < 50; i++) {
                int length = 1 + random.nextInt(3 * MIB);
                assertPattern(client, random.nextLong(client.export().size() - length), length);
            }
            assertPattern(client, client.export().size() - 1, 1);
            client.read(5, ByteBuffer.allocate(0));
        }
    }

    @Test
    void aStreamDeliversAllBytesInOrder() throws Exception {
        try (var _ = Peer.nbdkit(directory, "pattern", "9437191");
                var client = NbdClient.open(Peer.unix(directory, ""), OPTIONS.withConnections(3));
                var stream = client.stream(9, client.export().size() - 9, 4 * MIB)) {
            long at = 9;
            for (var bytes = stream.next(); bytes != null; bytes = stream.next()) {
                assertPattern(bytes, at);
                at += bytes.limit();
            }
            assertEquals(client.export().size(), at);
            assertNull(stream.next());
        }
    }

    @Test
    void manyThreadsReadOverSeveralConnections() throws Exception {
        try (var _ = Peer.nbdkit(directory, "--filter=delay", "pattern", "16M", "rdelay=1ms");
                var client = NbdClient.open(Peer.unix(directory, ""), OPTIONS.withConnections(4));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var reads = new ArrayList<Future<?>>();
            for (int i = 0; i < 64; i++) {
                long offset = i * 260_003L;
                reads.add(threads.submit(() -> {
                    assertPattern(client, offset, 300_001);
                    return null;
                }));
            }
            for (var read : reads) {
                read.get();
            }
            assertEquals(4, client.export().connections());
        }
    }

    @Test
    void aServerWithoutStructuredRepliesIsRead() throws Exception {
        try (var _ = Peer.nbdkit(directory, "--no-sr", "pattern", "5M");
                var client = NbdClient.open(Peer.unix(directory, ""), OPTIONS)) {
            assertPattern(client, 12345, 4 * MIB);
            assertEquals(Set.of(), client.export().contexts());
        }
    }

    @Test
    void aServerThatOnlyKnowsHowToOpenByNameIsRead() throws Exception {
        for (int flags : new int[] {0, 1, 2}) { // not fixed; with the 124 zeros; neither fixed nor zeros
            try (var _ = Peer.nbdkit(directory, "--mask-handshake=" + flags, "pattern", "2M");
                    var client = NbdClient.open(Peer.unix(directory, ""), OPTIONS.withExportNameOnly())) {
                assertPattern(client, 1, MIB);
            }
        }
    }

    @Test
    void aServerOfTheOldStyleIsRefused() throws Exception {
        try (var _ = Peer.nbdkit(directory, "-o", "pattern", "2M")) {
            var e = assertThrows(NbdConnectionException.class, () -> NbdClient.open(Peer.unix(directory, ""), OPTIONS));
            assertTrue(e.getMessage().contains("old style"), e.getMessage());
        }
    }

    @Test
    void anUnalignedReadIsReadAround() throws Exception {
        try (var _ = Peer.nbdkit(directory, "--filter=blocksize-policy", "pattern", "8M", "blocksize-error-policy=error",
                "blocksize-minimum=4096", "blocksize-preferred=64K", "blocksize-maximum=1M");
                var client = NbdClient.open(Peer.unix(directory, ""), OPTIONS)) {
            assertEquals(new BlockSizes(4096, 65536, MIB), client.export().blockSizes());
            assertPattern(client, 4095, 2);
            assertPattern(client, 1, 5 * MIB);
            assertPattern(client, client.export().size() - 3, 3);
        }
    }

    @Test
    void aFailingReadNamesItsPlaceAndOthersStillSucceed() throws Exception {
        var trigger = directory.resolve("trigger");
        try (var _ = Peer.nbdkit(directory, "--filter=error", "pattern", "8M", "error-pread=EIO", "error-pread-rate=100%",
                "error-pread-file=" + trigger);
                var client = NbdClient.open(Peer.unix(directory, ""), OPTIONS)) {
            Files.createFile(trigger);
            var e = assertThrows(NbdRequestException.class, () -> client.read(MIB, ByteBuffer.allocate(512)));
            assertEquals(Optional.of(NbdError.IO), e.error());
            assertEquals(MIB, e.offset());
            assertTrue(e.getMessage().contains("after 5 attempts"), e.getMessage());
            Files.delete(trigger);
            assertPattern(client, MIB, 512);
        }
    }

    @Test
    void aReadThatFailsNowAndThenSucceedsInTheEnd() throws Exception {
        try (var _ = Peer.nbdkit(directory, "--filter=error", "pattern", "8M", "error-pread=EIO", "error-pread-rate=20%");
                var client = NbdClient.open(Peer.unix(directory, ""), OPTIONS.withRetries(
                        new NbdRetries(12, Duration.ofMillis(2), Duration.ofMillis(10), Duration.ofSeconds(20))))) {
            assertPattern(client, 0, 8 * MIB);
        }
    }

    @Test
    void anExportThatDoesNotExistIsNamedAsSuchOnlyInPart() throws Exception {
        try (var _ = Peer.nbdkit(directory, "--filter=exportname", "pattern", "1M", "exportname=volume-one",
                "exportname-strict=true", "exportname-list=explicit", "exportdesc=fixed:hello")) {
            var e = assertThrows(NbdRefusedException.class,
                    () -> NbdClient.open(Peer.unix(directory, "secret-token"), OPTIONS));
            assertTrue(!e.getMessage().contains("secret-token"), e.getMessage());
            var listed = NbdClient.list(Peer.unix(directory, ""), OPTIONS);
            assertEquals(List.of("volume-one"), listed.stream().map(export -> export.name().value()).toList());
            try (var client = NbdClient.open(Peer.unix(directory, "volume-one"), OPTIONS)) {
                assertEquals("hello", client.export().description());
            }
        }
    }

    @Test
    void aKilledServerCostsItsReadersOnlyTime() throws Exception {
        try (var peer = Peer.nbdkit(directory, "--filter=delay", "pattern", "24M", "rdelay=50ms");
                var client = NbdClient.open(Peer.unix(directory, ""), OPTIONS.withConnections(2))) {
            var reading = begin(() -> assertPattern(client, 3, 12 * MIB));
            Thread.sleep(100); // some of it has arrived
            peer.kill();
            assertFalse(reading.isDone());
            peer.start();
            reading.get();
        }
    }

    @Test
    void aServerThatExitsAfterEachClientIsReadAgainAfterItsRestart() throws Exception {
        try (var peer = Peer.nbdkit(directory, "--filter=exitlast", "pattern", "4M");
                var client = NbdClient.open(Peer.unix(directory, ""), OPTIONS)) {
            assertPattern(client, 0, MIB);
            peer.kill();
            peer.start();
            assertPattern(client, MIB, MIB);
        }
    }

    @Test
    void anotherAddressTakesOverWhenTheFirstIsGone() throws Exception {
        var other = Files.createDirectory(directory.resolve("other"));
        try (var first = Peer.nbdkit(directory, "pattern", "4M"); var _ = Peer.nbdkit(other, "pattern", "4M");
                var client = NbdClient.open(List.of(Peer.unix(directory, ""), Peer.unix(other, "")), OPTIONS)) {
            assertPattern(client, 0, MIB);
            first.kill();
            assertPattern(client, MIB, MIB);
        }
    }

    @Test
    void anExportThatHasShrunkIsNotReadAnyFurther() throws Exception {
        var other = Files.createDirectory(directory.resolve("other"));
        try (var first = Peer.nbdkit(directory, "pattern", "4M"); var _ = Peer.nbdkit(other, "pattern", "3M");
                var client = NbdClient.open(List.of(Peer.unix(directory, ""), Peer.unix(other, "")), OPTIONS)) {
            first.kill();
            var e = assertThrows(NbdExportChangedException.class, () -> client.read(0, ByteBuffer.allocate(512)));
            assertTrue(e.getMessage().contains("has 3145728 bytes now, it had 4194304"), e.getMessage());
        }
    }

    @Test
    void aServerThatStaysAwayIsAnErrorWithinTheBudget() throws Exception {
        try (var peer = Peer.nbdkit(directory, "pattern", "4M");
                var client = NbdClient.open(Peer.unix(directory, ""), OPTIONS.withRetries(
                        new NbdRetries(5, Duration.ofMillis(10), Duration.ofMillis(20), Duration.ofMillis(200))))) {
            peer.kill();
            assertThrows(NbdConnectionException.class, () -> client.read(0, ByteBuffer.allocate(512)));
        }
    }

    @Test
    void anInterruptedReaderLeavesAndTheOthersGoOn() throws Exception {
        try (var _ = Peer.nbdkit(directory, "--filter=delay", "pattern", "4M", "rdelay=300ms");
                var client = NbdClient.open(Peer.unix(directory, ""), OPTIONS)) {
            var task = new FutureTask<Void>(() -> {
                client.read(0, ByteBuffer.allocate(MIB));
                return null;
            });
            var thread = Thread.ofVirtual().start(task);
            var other = begin(() -> assertPattern(client, MIB, MIB));
            while (thread.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            thread.interrupt();
            var e = assertThrows(ExecutionException.class, task::get);
            assertEquals(InterruptedIOException.class, e.getCause().getClass());
            other.get();
        }
    }

    @Test
    void closingEndsReadsThatWait() throws Exception {
        try (var _ = Peer.nbdkit(directory, "--filter=delay", "pattern", "4M", "rdelay=100ms")) {
            var client = NbdClient.open(Peer.unix(directory, ""), OPTIONS);
            var reading = begin(() -> client.read(0, ByteBuffer.allocate(MIB)));
            Thread.sleep(20);
            client.close();
            client.close();
            var e = assertThrows(ExecutionException.class, reading::get);
            assertEquals(NbdClosedException.class, e.getCause().getClass());
            assertThrows(NbdClosedException.class, () -> client.read(0, ByteBuffer.allocate(1)));
        }
    }

    @Test
    void holesAreFoundAsTheServerKnowsThem() throws Exception {
        try (var _ = Peer.nbdkit(directory, "data", "@0x100000 1 @0x300000 2", "size=8M");
                var client = NbdClient.open(Peer.unix(directory, ""), OPTIONS)) {
            var extents = extents(client, StatusChunk.ALLOCATION, 100, 5 * MIB);
            assertEquals(100, extents.getFirst()[0]);
            long data = 0;
            for (var extent : extents) {
                if ((extent[2] & StatusChunk.ZERO) == 0) {
                    data += extent[1];
                }
            }
            assertEquals(2 * 32768, data); // the plugin's pages
            assertThrows(IllegalArgumentException.class, () -> client.status("x:y", 0, 1, (_, _, _) -> { }));
        }
    }

    @Test
    void aDirtyBitmapOfQemuTellsWhatWasWritten() throws Exception {
        var disk = directory.resolve("d.qcow2").toString();
        Peer.run("qemu-img", "create", "-q", "-f", "qcow2", disk, "8M");
        Peer.run("qemu-img", "bitmap", "--add", disk, "bm0");
        Peer.run("qemu-io", "-c", "write -P 7 2M 128K", disk);
        try (var _ = Peer.qemu(directory, "-f", "qcow2", "-r", "-e", "4", "-x", "vol1", "-D", "text", "-A", "-B", "bm0", disk);
                var client = NbdClient.open(Peer.unix(directory, "vol1"),
                        OPTIONS.withContexts(StatusChunk.ALLOCATION, "qemu:dirty-bitmap:bm0", "qemu:allocation-depth", "x:none"))) {
            assertTrue(client.export().flags().canMultiConn());
            assertEquals("text", client.export().description());
            assertEquals(Set.of(StatusChunk.ALLOCATION, "qemu:dirty-bitmap:bm0", "qemu:allocation-depth"),
                    client.export().contexts());
            var dirty = extents(client, "qemu:dirty-bitmap:bm0", 0, 8 * MIB).stream().filter(extent -> extent[2] == 1).toList();
            assertEquals(1, dirty.size());
            assertArrayEquals(new long[] {2 * MIB, 128 << 10, 1}, dirty.getFirst());
            var bytes = ByteBuffer.allocate(2);
            client.read(2 * MIB - 1, bytes);
            assertEquals(0, bytes.get(0));
            assertEquals(7, bytes.get(1));
        }
    }

    @Test
    void nbdServerIsRead() throws Exception {
        var disk = Files.write(directory.resolve("disk"), pattern(3 * MIB));
        int port = Peer.freePort();
        try (var _ = Peer.nbdServer(directory, port, disk);
                var client = NbdClient.open(NbdAddress.parse("nbd://localhost:%d/vol1".formatted(port)), OPTIONS.withConnections(2))) {
            assertPattern(client, 777, 2 * MIB);
            assertEquals("vol1", NbdClient.list(NbdAddress.parse("nbd://127.0.0.1:" + port), OPTIONS).getFirst().name().value());
        }
    }

    @Test
    void aServerThatSuspendsItsWorkIsLeftWhenItStalls() throws Exception {
        try (var _ = Peer.nbdkit(directory, "--filter=delay", "pattern", "4M", "rdelay=30");
                var client = NbdClient.open(Peer.unix(directory, ""), OPTIONS.withTimeouts(NbdTimeouts.all(Duration.ofMillis(150)))
                        .withRetries(new NbdRetries(2, Duration.ofMillis(5), Duration.ofMillis(5), Duration.ofSeconds(9))))) {
            var e = assertThrows(NbdRequestException.class, () -> client.read(0, ByteBuffer.allocate(512)));
            assertTrue(e.getMessage().contains("silent"), e.getMessage());
        }
    }

    private static List<long[]> extents(NbdClient client, String context, long offset, long length) throws IOException {
        var extents = new ArrayList<long[]>();
        long[] next = {offset};
        client.status(context, offset, length, (at, bytes, flags) -> {
            assertEquals(next[0], at);
            next[0] = at + bytes;
            extents.add(new long[] {at, bytes, flags});
        });
        assertEquals(offset + length, next[0]);
        return extents;
    }

    interface Action {
        void run() throws Exception;
    }

    static Future<?> begin(Action action) {
        var task = new FutureTask<Void>(() -> {
            action.run();
            return null;
        });
        Thread.ofVirtual().start(task);
        return task;
    }

    static byte[] pattern(int length) {
        var bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = patternAt(i);
        }
        return bytes;
    }

    /// The byte of nbdkit's pattern plugin at `offset`: each 8 bytes are their own offset.
    static byte patternAt(long offset) {
        return (byte) ((offset & -8) >>> 8 * (7 - (offset & 7)));
    }

    static void assertPattern(NbdClient client, long offset, int length) throws IOException {
        var bytes = ByteBuffer.allocate(length + 2).position(1).limit(length + 1);
        client.read(offset, bytes);
        assertEquals(length + 1, bytes.position());
        assertPattern(bytes.flip().position(1).slice(), offset);
    }

    static void assertPattern(ByteBuffer bytes, long offset) {
        for (int i = 0; i < bytes.limit(); i++) {
            if (bytes.get(i) != patternAt(offset + i)) {
                assertEquals(patternAt(offset + i), bytes.get(i), "at " + (offset + i));
            }
        }
    }
}
