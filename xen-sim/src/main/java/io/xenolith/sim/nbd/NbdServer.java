package io.xenolith.sim.nbd;

import io.xenolith.sim.model.Row;
import io.xenolith.sim.pool.Host;
import io.xenolith.sim.pool.Pool;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/// One host's NBD port. At most 16 connections at a time, those still being cleaned up among them; one more is accepted
/// and closed without a byte, and so is everyone while no network, or networks of both kinds, may carry NBD.
public final class NbdServer implements AutoCloseable {
    private static final int MOST_CONNECTIONS = 16;
    private static final int BACKLOG = 5;

    private final Pool pool;
    private final Host host;
    private final ServerSocket listener;
    private final Semaphore slots = new Semaphore(MOST_CONNECTIONS);
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();

    private NbdServer(Pool pool, Host host, ServerSocket listener) {
        this.pool = pool;
        this.host = host;
        this.listener = listener;
    }

    /// Listens at a free port of the host's address, and notes the port in the pool.
    public static NbdServer start(Pool pool, Host host) throws IOException {
        var listener = new ServerSocket();
        listener.bind(new InetSocketAddress(host.address(), 0), BACKLOG);
        var server = new NbdServer(pool, host, listener);
        pool.setNbdPort(host, listener.getLocalPort());
        pool.submit(server::acceptAll);
        return server;
    }

    private Void acceptAll() throws IOException {
        while (true) {
            Socket socket;
            try {
                socket = listener.accept();
            } catch (SocketException _) {
                return null; // closed
            }
            connections.add(socket);
            pool.submit(() -> serve(socket));
        }
    }

    private Void serve(Socket socket) throws InterruptedException {
        try (socket) {
            if (!slots.tryAcquire()) {
                return null;
            }
            try {
                var purposes = pool.locked(this::purposes);
                if (purposes.size() == 1) {
                    new NbdConnection(pool, host, socket, purposes.contains("nbd")).serve();
                }
            } finally {
                slots.release();
            }
        } catch (IOException _) {
            // every error ends the connection, and the client learns no more than that
        } finally {
            connections.remove(socket);
        }
        return null;
    }

    /// What the pool's networks may carry; all networks count, whichever the connection came over.
    private Set<String> purposes() {
        var purposes = new HashSet<String>();
        for (Row network : pool.database().all("network")) {
            purposes.addAll(network.texts("purpose"));
        }
        return purposes;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (var connection : connections) {
            connection.close();
        }
    }
}
