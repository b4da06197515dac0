package io.xenolith.sim.http;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;

/// One host's HTTPS port. A thread per connection; nothing is decoded that a host would not decode, no request is
/// answered more politely than a host would.
public final class HttpServer implements AutoCloseable {
    private static final int HEADER_TIMEOUT_MILLIS = 60_000;
    private static final int BACKLOG = 128;
    private static final int LINGER_MILLIS = 1_000;
    private static final long MOST_LINGER_BYTES = 64L << 20;

    private final ServerSocket listener;
    private final ServerIdentity identity;
    private final int headerLimit;
    private final HttpHandler handler;
    private final ExecutorService threads;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();

    private HttpServer(ServerSocket listener, ServerIdentity identity, int headerLimit, HttpHandler handler,
            ExecutorService threads) {
        this.listener = listener;
        this.identity = identity;
        this.headerLimit = headerLimit;
        this.handler = handler;
        this.threads = threads;
    }

    /// Listens at `address`; `headerLimit` is in bytes, 0 for none. Threads come from `threads`, which outlives the server.
    public static HttpServer start(InetSocketAddress address, ServerIdentity identity, int headerLimit,
            HttpHandler handler, ExecutorService threads) throws IOException {
        var listener = new ServerSocket();
        listener.setReuseAddress(true);
        try {
            listener.bind(address, BACKLOG);
        } catch (IOException e) {
            listener.close();
            throw e;
        }
        var server = new HttpServer(listener, identity, headerLimit, handler, threads);
        threads.submit(server::acceptAll);
        return server;
    }

    public int port() {
        return listener.getLocalPort();
    }

    private Void acceptAll() throws IOException {
        while (true) {
            Socket plain;
            try {
                plain = listener.accept();
            } catch (SocketException _) {
                return null; // closed
            }
            connections.add(plain);
            threads.submit(() -> serve(plain));
        }
    }

    private Void serve(Socket plain) {
        try (plain; var socket = identity.secure(plain)) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(HEADER_TIMEOUT_MILLIS);
            var in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
            var out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
            while (serveOne(in, out)) {
                socket.setSoTimeout(HEADER_TIMEOUT_MILLIS);
            }
            out.flush();
            socket.shutdownOutput();
            linger(socket, in);
        } catch (IOException | InterruptedException _) {
            // the peer went away, or the pool is being closed; there is nobody to tell
        } finally {
            connections.remove(plain);
        }
        return null;
    }

    private boolean serveOne(InputStream in, BufferedOutputStream out) throws IOException, InterruptedException {
        Request request = null;
        var refusing = new Exchange(null, in, out);
        try {
            request = Request.read(in, headerLimit);
            if (request == null) {
                return false;
            }
        } catch (SocketTimeoutException _) {
            refusing.refuse(408, "no request", Map.of());
            return false;
        } catch (HttpException e) {
            refusing.refuse(e.status(), e.getMessage(), Map.of());
            return false;
        }
        var exchange = new Exchange(request, in, out);
        try {
            handler.handle(exchange);
        } catch (HttpException e) {
            if (exchange.answered()) {
                exchange.failInsideBody(e.getMessage());
            } else {
                exchange.refuse(e.status(), e.getMessage(), Map.of());
            }
        }
        return exchange.keepsAlive();
    }

    /// Takes in what the client still sends, so that an early answer is not lost to a reset of the connection.
    private static void linger(Socket socket, InputStream in) throws IOException {
        socket.setSoTimeout(LINGER_MILLIS);
        var scratch = new byte[1 << 16];
        long taken = 0;
        int count = in.read(scratch);
        while (count >= 0 && taken < MOST_LINGER_BYTES) {
            taken += count;
            count = in.read(scratch);
        }
    }

    /// Ends the listener and every connection; their threads follow.
    @Override
    public void close() throws IOException {
        listener.close();
        for (var connection : connections) {
            connection.close();
        }
    }
}
