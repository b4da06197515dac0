package io.xenolith.nbd.server;

import io.xenolith.nbd.protocol.Command;
import io.xenolith.nbd.protocol.NbdError;
import io.xenolith.nbd.protocol.SimpleReply;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

import static io.xenolith.nbd.server.MemoryDisk.NAME;
import static io.xenolith.nbd.server.MemoryDisk.PAGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// How a server ends.
class ShutdownTest {
    private final MemoryDisk disk = MemoryDisk.random(1 << 20, new Random(8));

    @Test
    void whatRunsIsAnsweredAndWhatComesLaterIsRefused() throws Exception {
        var server = NbdServer.start(NbdServerOptions.loopback(0), disk);
        disk.gate = new Semaphore(0);
        try (var client = RawClient.served(server, NAME); var idle = RawClient.served(server, NAME);
             var negotiating = RawClient.greeted(server)) {
            client.request(Command.READ, 0, 1, 0, PAGE);
            while (!disk.gate.hasQueuedThreads()) {
                Thread.onSpinWait();
            }
            var closed = closeInBackground(server);
            assertTrue(idle.isCut());
            assertTrue(negotiating.isCut());
            assertThrows(ConnectException.class, () -> new RawClient(server).close());
            client.request(Command.READ, 0, 2, 0, PAGE);
            assertEquals(new SimpleReply(NbdError.SHUTDOWN.code(), 2), client.simpleReply());
            assertFalse(closed.isDone());
            disk.gate.release(1);
            assertEquals(new SimpleReply(0, 1), client.simpleReply());
            client.read(PAGE);
            assertTrue(client.isCut());
            closed.get(5, TimeUnit.SECONDS);
        }
        assertNothingIsLeft();
    }

    private static CompletableFuture<Void> closeInBackground(NbdServer server) {
        return CompletableFuture.runAsync(() -> {
            try {
                server.close();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }, Thread::startVirtualThread);
    }

    private void assertNothingIsLeft() throws InterruptedException {
        assertEquals(0, disk.open.get(), "exports left open");
        for (var thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("nbd-server")) {
                thread.join(2000); // it has done its last work, but may not have ended
                assertFalse(thread.isAlive(), thread::getName);
            }
        }
    }

    @Test
    void anExportThatHangsIsInterruptedWhenTheTimeIsOver() throws Exception {
        var limits = ServerLimits.DEFAULT.withDrain(Duration.ofMillis(100));
        var server = NbdServer.start(NbdServerOptions.loopback(0).withLimits(limits), disk);
        disk.gate = new Semaphore(0);
        try (var client = RawClient.served(server, NAME)) {
            client.request(Command.READ, 0, 1, 0, PAGE);
            while (!disk.gate.hasQueuedThreads()) {
                Thread.onSpinWait();
            }
            closeInBackground(server).get(4, TimeUnit.SECONDS);
            assertNothingIsLeft();
        }
    }

    @Test
    void closingTwiceIsClosingOnce() throws Exception {
        var server = NbdServer.start(NbdServerOptions.loopback(0), disk);
        server.close();
        server.close();
        assertNothingIsLeft();
    }

    @Test
    void anAddressThatIsTakenIsNamed() throws Exception {
        try (var server = NbdServer.start(NbdServerOptions.loopback(0), disk)) {
            int port = ((InetSocketAddress) server.address()).getPort();
            var e = assertThrows(IOException.class, () -> NbdServer.start(NbdServerOptions.loopback(port), disk));
            assertTrue(e.getMessage().contains(Integer.toString(port)), e.getMessage());
        }
        assertNothingIsLeft();
    }
}
