package io.xenolith.nbd.client;

import io.xenolith.nbd.protocol.Command;
import io.xenolith.nbd.protocol.NbdError;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// What callers wait for and no connection has taken yet. Connections take from it, so none is given more than it asks for,
/// and a slow one gets less. Safe for use by all threads; nothing blocks but [#awaitWork()].
final class Backlog {

    /// A piece that a connection could not finish.
    private record Piece(Operation operation, long offset, long length, int attempts) {}

    private final NbdAddress address;
    private final NbdRetries retries;

    private final ReentrantLock lock = new ReentrantLock();
    // the lock guards the rest
    private final Condition work = lock.newCondition();
    private final List<Operation> operations = new ArrayList<>();
    private final ArrayDeque<Operation> uncut = new ArrayDeque<>();
    private final ArrayDeque<Piece> returned = new ArrayDeque<>();
    private final List<Connection> connections = new ArrayList<>();
    private IOException closed;

    /// @param address for messages
    Backlog(NbdAddress address, NbdRetries retries) {
        this.address = address;
        this.retries = retries;
    }

    /// Adds an operation. Whoever adds one withdraws it, whatever becomes of it.
    void add(Operation operation) throws IOException {
        lock.lock();
        try {
            if (closed != null) {
                throw closed;
            }
            operations.add(operation);
            uncut.add(operation);
            work.signalAll();
            connections.forEach(Connection::wake);
        } finally {
            lock.unlock();
        }
    }

    void withdraw(Operation operation) {
        lock.lock();
        try {
            operations.remove(operation);
            uncut.remove(operation);
            returned.removeIf(piece -> piece.operation == operation);
        } finally {
            lock.unlock();
        }
    }

    /// Begins the oldest piece there is in `slot`; false if there is none.
    boolean take(Slot slot, int limit) {
        lock.lock();
        try {
            var again = returned.poll();
            if (again != null) {
                slot.begin(again.operation, again.offset, again.length, again.attempts);
                return true;
            }
            dropCut();
            if (uncut.isEmpty()) {
                return false;
            }
            var operation = uncut.peek();
            operation.cut(slot, operation.command() == Command.READ ? limit : Long.MAX_VALUE);
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void dropCut() {
        while (!uncut.isEmpty() && (!uncut.peek().hasNext() || uncut.peek().ended())) {
            uncut.poll();
        }
    }

    /// Gives back what a connection took and did not finish.
    ///
    /// @param charged whether `cause` may be the request's own fault; after too many of these its operation fails
    /// @param error   what the server said, or null
    void giveBack(Slot slot, boolean charged, NbdError error, IOException cause) {
        var operation = slot.operation;
        int attempts = slot.attempts + (charged ? 1 : 0);
        if (operation.ended()) {
            return;
        }
        if (attempts >= retries.attempts()) {
            operation.fail(failure(slot, attempts, error, cause));
            return;
        }
        var piece = new Piece(operation, slot.offset, slot.length, attempts);
        lock.lock();
        try {
            if (!operations.contains(operation)) {
                return; // its caller has left
            }
            if (charged) {
                returned.addFirst(piece); // so that it is the one to be blamed if it happens again
            } else {
                returned.addLast(piece);
            }
            work.signalAll();
            connections.forEach(Connection::wake);
        } finally {
            lock.unlock();
        }
    }

    /// What a caller hears of a piece that will not be tried again.
    NbdRequestException failure(Slot slot, int attempts, NbdError error, IOException cause) {
        return new NbdRequestException(error, slot.offset, slot.length, "%s, %d bytes from %d: %s, after %d attempts"
                .formatted(address, slot.length, slot.offset, cause.getMessage(), attempts), cause);
    }

    /// Blocks until there is something to take, or the backlog is closed.
    void awaitWork() throws InterruptedException {
        lock.lock();
        try {
            dropCut();
            while (closed == null && returned.isEmpty() && uncut.isEmpty()) {
                work.await();
                dropCut();
            }
        } finally {
            lock.unlock();
        }
    }

    /// From now on `connection` hears of new work.
    ///
    /// @throws IOException if the backlog is closed
    void join(Connection connection) throws IOException {
        lock.lock();
        try {
            if (closed != null) {
                throw closed;
            }
            connections.add(connection);
            connection.wake();
        } finally {
            lock.unlock();
        }
    }

    void leave(Connection connection) {
        lock.lock();
        try {
            connections.remove(connection);
        } finally {
            lock.unlock();
        }
    }

    /// Fails the operations that have made no progress for `patience`, because of `cause`; unless one of the connections
    /// may yet make some.
    void failStarved(Duration patience, IOException cause) {
        lock.lock();
        try {
            if (!connections.isEmpty()) {
                return;
            }
            long now = System.nanoTime();
            for (var operation : operations) {
                if (now - operation.progressNanos() >= patience.toNanos()) {
                    operation.fail(cause);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /// Fails all operations, also those of the future. The first cause counts.
    void close(IOException cause) {
        lock.lock();
        try {
            if (closed == null) {
                closed = cause;
            }
            operations.forEach(operation -> operation.fail(cause));
            work.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed != null;
        } finally {
            lock.unlock();
        }
    }

    /// The connections that live.
    List<Connection> connections() {
        lock.lock();
        try {
            return List.copyOf(connections);
        } finally {
            lock.unlock();
        }
    }
}
