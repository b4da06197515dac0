package io.xenolith.nbd.server;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Who is connected: clients that negotiate and clients that are served, each up to a limit. A connection is here until
/// its export is closed, so that an empty attendance means that nothing is in use any more.
final class Attendance {
    private final ServerLimits limits;
    private final Set<Connection> negotiating = new HashSet<>();
    private final Set<Connection> served = new HashSet<>();
    private boolean closed;

    Attendance(ServerLimits limits) {
        this.limits = limits;
    }

    /// @return whether there was room; if not, the connection is to be closed at once
    synchronized boolean arrive(Connection connection) {
        return !closed && negotiating.size() < limits.handshakes() && negotiating.add(connection);
    }

    /// @return whether there was room; if not, the client goes on negotiating
    synchronized boolean serve(Connection connection) {
        if (closed || served.size() >= limits.connections()) {
            return false;
        }
        negotiating.remove(connection);
        return served.add(connection);
    }

    synchronized void leave(Connection connection) {
        if (negotiating.remove(connection) || served.remove(connection)) {
            notifyAll();
        }
    }

    /// From now on nobody arrives.
    ///
    /// @return those who are here
    synchronized List<Connection> close() {
        closed = true;
        return all();
    }

    synchronized List<Connection> all() {
        var all = new HashSet<>(negotiating);
        all.addAll(served);
        return List.copyOf(all);
    }

    synchronized int servedCount() {
        return served.size();
    }

    /// @return whether everybody left in time
    synchronized boolean awaitEmpty(Duration time) throws InterruptedException {
        long deadline = System.nanoTime() + time.toNanos();
        while (!negotiating.isEmpty() || !served.isEmpty()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            wait(left / 1_000_000 + 1);
        }
        return true;
    }
}
