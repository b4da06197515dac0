package io.xenolith.nbd.client;

import java.io.IOException;
import java.time.Duration;

/// Keeps one connection going: connects when there is work, waits for the connection's end, backs off after a failure.
/// Runs on a thread of its own until the backlog is closed or the thread is interrupted.
final class Lane implements Runnable {

    /// Makes a connection that is the same export as before.
    interface Connector {
        Connection connect() throws IOException, InterruptedException;
    }

    private final Connector connector;
    private final Backlog backlog;
    private final NbdRetries retries;
    private Connection connection;

    /// @param first the connection to begin with, or null
    Lane(Connector connector, Backlog backlog, NbdRetries retries, Connection first) {
        this.connector = connector;
        this.backlog = backlog;
        this.retries = retries;
        this.connection = first;
    }

    @Override
    public void run() {
        int failures = 0;
        try {
            while (!backlog.isClosed()) {
                failures = serve() ? 0 : failures + 1;
                if (failures > 0) {
                    Thread.sleep(retries.waitAfter(failures));
                }
            }
        } catch (InterruptedException _) {
            // the client is closed
        } catch (Throwable e) {
            backlog.close(new IOException("a connection's thread failed", e)); // else callers would wait for ever
            throw e;
        }
    }

    /// Serves with one connection until it ends; false if it was of no use.
    private boolean serve() throws InterruptedException {
        try {
            if (connection == null) {
                backlog.awaitWork();
                if (backlog.isClosed()) {
                    return true;
                }
                connection = connector.connect();
            }
            backlog.join(connection);
            var end = connection.awaitEnd();
            if (!connection.useful()) {
                backlog.failStarved(retries.budget(), new NbdConnectionException(
                        "connections come about and end before they are of use: " + end.getMessage(), end));
            }
            return connection.useful();
        } catch (NbdExportChangedException e) {
            backlog.close(e);
            return true;
        } catch (IOException e) {
            backlog.failStarved(Route.isFinal(e) ? Duration.ZERO : retries.budget(), e);
            return false;
        } finally {
            connection = null;
        }
    }
}
