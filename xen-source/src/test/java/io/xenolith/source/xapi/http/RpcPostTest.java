package io.xenolith.source.xapi.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RpcPostTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    @Test
    void anAnswerWithoutEndIsGivenUp() throws Exception {
        try (var host = new RawHost(conversation -> {
            conversation.body(conversation.head());
            conversation.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
            while (true) {
                conversation.send(new byte[1 << 16]);
            }
        }); var post = new RpcPost(new KnownHosts(host.pin()), SOON, 1 << 20)) {
            assertThrows(IOException.class, () -> post.send(host.address(), "X.y", new byte[1], SOON));
        }
    }

    @Test
    void anAnswerOfExactlyTheLimitIsRead() throws Exception {
        try (var host = new RawHost(conversation -> {
            conversation.body(conversation.head());
            conversation.answer("x".repeat(1 << 10));
        }); var post = new RpcPost(new KnownHosts(host.pin()), SOON, 1 << 10)) {
            assertEquals(1 << 10, post.send(host.address(), "X.y", new byte[1], SOON).body().length);
        }
    }
}
