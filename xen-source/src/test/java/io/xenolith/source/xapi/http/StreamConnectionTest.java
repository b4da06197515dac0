package io.xenolith.source.xapi.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamConnectionTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration SHORT = Duration.ofMillis(300);

    private static StreamConnection open(RawHost host) throws IOException {
        return open(host, LONG, LONG);
    }

    private static StreamConnection open(RawHost host, Duration goAhead, Duration stall) throws IOException {
        return StreamConnection.open(host.address(), new KnownHosts(host.pin()),
                new Timeouts(LONG, LONG, goAhead, stall, LONG));
    }

    @Test
    void aRequestHasNoHeaderThatIsNotNeeded() throws Exception {
        try (var host = new RawHost(conversation -> {
            conversation.head();
            conversation.send("HTTP/1.1 200 OK\r\n\r\n");
        })) {
            try (var get = open(host); var put = open(host); var lengthless = open(host)) {
                get.get("/export?ref=OpaqueRef%3A1");
                get.answer();
                put.put("/import", 1L << 40);
                put.answer();
                lengthless.put("/import", -1);
                lengthless.answer();
            }
            var name = "Host: " + host.address() + "\r\n";
            assertEquals("GET /export?ref=OpaqueRef%3A1 HTTP/1.1\r\n" + name + "Connection: close\r\n\r\n",
                    host.heads().get(0));
            assertEquals("PUT /import HTTP/1.1\r\n" + name
                    + "Content-Length: 1099511627776\r\nConnection: close\r\n\r\n", host.heads().get(1));
            assertEquals("PUT /import HTTP/1.1\r\n" + name + "Connection: close\r\n\r\n", host.heads().get(2));
        }
    }

    @Test
    void aHeadOf1006BytesIsSentAndOneOf1007IsNot() throws Exception {
        try (var host = new RawHost(conversation -> {
            conversation.head();
            conversation.send("HTTP/1.1 200 OK\r\n\r\n");
        }); var connection = open(host)) {
            int rest = RequestHead.encode("GET", "/?", host.address(), -1).length;
            var target = "/?" + "x".repeat(1006 - rest);
            assertThrows(RequestTooLargeException.class, () -> connection.get(target + "x"));
            connection.get(target);
            connection.answer();
            assertEquals(1006, host.heads().getFirst().length());
        }
    }

    @Test
    void aTargetThatIsNotEncodedIsRefused() throws Exception {
        try (var host = new RawHost(RawHost.Conversation::head); var connection = open(host)) {
            for (var target : new String[] {"/ x", "/\r\nX: y", "/é"}) {
                assertThrows(IllegalArgumentException.class, () -> connection.get(target));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.0 200 OK\r\n", "HTTP/1.1 200\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"})
    void aBodyEndsWithItsConnection(String status) throws Exception {
        var content = new byte[1 << 20];
        new Random(1).nextBytes(content);
        try (var host = new RawHost(conversation -> {
            conversation.head();
            conversation.send(status + "connection: close\r\ntask-id:OpaqueRef:1\r\n\r\n");
            conversation.send(content);
        }); var connection = open(host)) {
            connection.get("/export");
            assertEquals("OpaqueRef:1", connection.answer().header("task-id").orElseThrow());
            assertArrayEquals(content, connection.body().readAllBytes());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/2 200 OK\r\n\r\n", "hello\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "SSH-2.0-OpenSSH\r\n"})
    void whatIsNoHeadIsRefused(String head) throws Exception {
        try (var host = new RawHost(conversation -> {
            conversation.head();
            conversation.send(head);
        }); var connection = open(host)) {
            connection.get("/");
            assertThrows(IOException.class, connection::answer);
        }
    }

    @Test
    void aHeadIsRefusedWhereverItIsCut() throws Exception {
        var head = "HTTP/1.1 200 OK\r\nA: b\r\n\r\n";
        var lengths = new LinkedBlockingQueue<Integer>();
        try (var host = new RawHost(conversation -> {
            conversation.head();
            conversation.send(head.substring(0, lengths.take()));
        })) {
            for (int length = 0; length < head.length(); length++) {
                lengths.add(length);
                try (var connection = open(host)) {
                    connection.get("/");
                    assertThrows(EOFException.class, connection::answer, "cut at " + length);
                }
            }
        }
    }

    @Test
    void aHeadWithoutEndIsGivenUp() throws Exception {
        try (var host = new RawHost(conversation -> {
            conversation.head();
            conversation.send("HTTP/1.1 200 OK\r\n");
            while (true) {
                conversation.send("X: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n");
            }
        }); var connection = open(host)) {
            connection.get("/");
            assertThrows(IOException.class, connection::answer);
        }
    }

    @Test
    void aHostThatAnswersFirstIsHeardBeforeTheBody() throws Exception {
        try (var host = new RawHost(conversation -> {
            conversation.head();
            conversation.send("HTTP/1.1 302 Found\r\nLocation: https://192.0.2.12/import\r\n\r\n");
        }); var connection = open(host)) {
            connection.put("/import", 1L << 40);
            var head = connection.goAhead().orElseThrow();
            assertTrue(head.redirects());
            assertEquals("https://192.0.2.12/import", head.header("location").orElseThrow());
        }
    }

    @Test
    void aHostThatAnswersLastGetsTheBodyAfterAWhile() throws Exception {
        try (var host = new RawHost(conversation -> {
            var body = conversation.body(conversation.head());
            conversation.send("HTTP/1.1 200 OK\r\nX-Bytes: " + body.length + "\r\n\r\n");
        }); var connection = open(host, SHORT, LONG)) {
            connection.put("/import", 100_000);
            assertTrue(connection.goAhead().isEmpty());
            connection.write(new byte[100_000], 0, 100_000);
            assertEquals("100000", connection.answer().header("x-bytes").orElseThrow());
        }
    }

    @Test
    void theEndOfABodyWithoutLengthIsTheEndOfSending() throws Exception {
        try (var host = new RawHost(conversation -> {
            conversation.head();
            var body = conversation.in().readAllBytes();
            conversation.send("HTTP/1.1 200 OK\r\nX-Bytes: " + body.length + "\r\n\r\n");
        }); var connection = open(host)) {
            connection.put("/import", -1);
            connection.write(new byte[300_000], 0, 300_000);
            connection.endBody();
            assertEquals("300000", connection.answer().header("x-bytes").orElseThrow());
        }
    }

    @Test
    void aHostThatSendsNothingIsGivenUp() throws Exception {
        try (var host = new RawHost(conversation -> {
            conversation.head();
            conversation.in().read();
        }); var connection = open(host, SHORT, SHORT)) {
            connection.get("/export");
            assertThrows(StalledException.class, connection::answer);
        }
    }

    @Test
    void aHostThatReadsNothingIsGivenUp() throws Exception {
        var done = new CountDownLatch(1);
        try (var host = new RawHost(conversation -> {
            conversation.head();
            done.await();
        }); var connection = open(host, SHORT, SHORT)) {
            connection.put("/import", 1L << 40);
            assertThrows(StalledException.class, () -> {
                while (true) {
                    connection.write(new byte[1 << 16], 0, 1 << 16);
                }
            });
            done.countDown();
        }
    }

    @Test
    void aReaderWhoTakesItsTimeIsNotAStall() throws Exception {
        try (var host = new RawHost(conversation -> {
            conversation.head();
            conversation.send("HTTP/1.1 200 OK\r\n\r\nab");
        }); var connection = open(host, SHORT, SHORT)) {
            connection.get("/export");
            connection.answer();
            Thread.sleep(SHORT.multipliedBy(2));
            assertEquals("ab", new String(connection.body().readAllBytes()));
        }
    }

    @Test
    void anInterruptEndsWaiting() throws Exception {
        var reached = new CountDownLatch(1);
        try (var host = new RawHost(conversation -> {
            conversation.head();
            reached.countDown();
            conversation.in().read();
        }); var connection = open(host)) {
            connection.get("/export");
            var failure = new AtomicReference<Throwable>();
            var reader = Thread.ofPlatform().start(() -> {
                try {
                    connection.answer();
                } catch (Throwable e) {
                    failure.set(e);
                }
            });
            reached.await();
            reader.interrupt();
            assertTrue(reader.join(LONG));
            assertInstanceOf(InterruptedIOException.class, failure.get());
        }
    }

    @Test
    void aCloseFromAnotherThreadEndsWriting() throws Exception {
        var reached = new CountDownLatch(1);
        var done = new CountDownLatch(1);
        try (var host = new RawHost(conversation -> {
            conversation.head();
            reached.countDown();
            done.await();
        }); var connection = open(host)) {
            connection.put("/import", 1L << 40);
            var writer = Thread.ofPlatform().start(() -> assertThrows(IOException.class, () -> {
                while (true) {
                    connection.write(new byte[1 << 16], 0, 1 << 16);
                }
            }));
            reached.await();
            Closeable closing = connection;
            closing.close();
            assertTrue(writer.join(LONG));
            done.countDown();
        }
    }

    @Test
    void aRefusalsMessageHidesTheSession() throws Exception {
        try (var host = new RawHost(conversation -> {
            conversation.head();
            conversation.send("HTTP/1.1 500 Internal Error\r\n\r\n<html>no</html>");
        }); var connection = open(host)) {
            connection.get("/export?session_id=OpaqueRef:secret");
            var e = connection.refusal(connection.answer());
            assertInstanceOf(HttpStatusException.class, e);
            assertTrue(e.getMessage().contains("GET /export"), e.getMessage());
            assertFalse(e.getMessage().contains("secret"), e.getMessage());
        }
    }
}
