package io.xenolith.cli.pool;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;

/// One address behind which a pool can be exchanged for another, as when a host's certificate is renewed.
final class Relay implements AutoCloseable {

    private final ServerSocket server;
    private volatile URI target;

    private Relay(ServerSocket server, URI target) {
        this.server = server;
        this.target = target;
    }

    static Relay to(URI target) throws IOException {
        var relay = new Relay(new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1")), target);
        Thread.ofVirtual().start(relay::accept);
        return relay;
    }

    void lead(URI other) {
        target = other;
    }

    String address() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    private void accept() {
        while (true) {
            try {
                var client = server.accept();
                var host = new Socket(target.getHost(), target.getPort());
                Thread.ofVirtual().start(() -> copy(client, host));
                Thread.ofVirtual().start(() -> copy(host, client));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private static void copy(Socket from, Socket to) {
        try (from; to; InputStream in = from.getInputStream(); OutputStream out = to.getOutputStream()) {
            in.transferTo(out);
        } catch (IOException e) {
            // one side has ended, and the other with it
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
