package io.xenolith.nbd.client;

import io.xenolith.nbd.protocol.BlockSizes;
import io.xenolith.nbd.protocol.NbdProtocolException;
import io.xenolith.nbd.protocol.OptionReply;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/// An export of an NBD server, opened for reading. Safe for use by several threads; more of them, longer reads or an
/// [NbdStream] keep more requests in flight. Calls block; a thread that is interrupted meanwhile leaves with an
/// [InterruptedIOException], and its buffer is its own again.
///
/// Lost connections are replaced while callers wait, as [NbdRetries] allow; what callers see of them is time. It is for the
/// caller to know that nobody writes to the export.
public final class NbdClient implements Closeable {
    /// Connections to a server that is known to keep them consistent.
    private static final int CONNECTIONS = 4;
    /// The longest stretch that one question about a context is about: some servers stumble over lengths near 2^32.
    private static final long STATUS_BYTES = 1 << 30;

    private final EventLoops loops;
    private final Route route;
    private final NbdClientOptions options;
    private final Agreed agreed;
    private final Backlog backlog;
    private final NbdExport export;
    private final List<Thread> lanes = new ArrayList<>();
    /// Held while connecting: XenServer attaches the disk for each connection, and stumbles if it is to do two at once.
    private final ReentrantLock connecting = new ReentrantLock();
    private final AtomicBoolean closing = new AtomicBoolean();

    private NbdClient(EventLoops loops, Route route, NbdClientOptions options, Route.Opened first)
            throws IOException, InterruptedException {
        this.loops = loops;
        this.route = route;
        this.options = options;
        this.agreed = first.agreed();
        this.backlog = new Backlog(route.address(), options.retries());
        int connections = connections(first.agreed(), options);
        this.export = new NbdExport(agreed.size(), agreed.flags(),
                agreed.sizes() == null ? BlockSizes.UNSAID : agreed.sizes(), agreed.description(),
                agreed.contexts().keySet(), connections);
        start(transmit(first), connections);
    }

    private static int connections(Agreed agreed, NbdClientOptions options) {
        if (options.connections() > 0) {
            return options.connections();
        }
        return agreed.flags().canMultiConn() ? Math.min(CONNECTIONS, Runtime.getRuntime().availableProcessors()) : 1;
    }

    private void start(Connection first, int connections) {
        for (int i = 0; i < connections; i++) {
            var lane = new Lane(this::connect, backlog, options.retries(), i == 0 ? first : null);
            lanes.add(Thread.ofVirtual().name("nbd-lane-" + i).start(lane));
        }
    }

    /// Opens the export at `address`.
    public static NbdClient open(NbdAddress address, NbdClientOptions options) throws IOException {
        return open(List.of(address), options);
    }

    /// Opens an export that can be had at several addresses. They are tried in this order, and again as often and as long
    /// as the options' retries say, unless all of them are refused for good.
    ///
    /// @throws NbdRefusedException if the server does not serve the export
    /// @throws NbdTlsException if it does not prove itself
    /// @throws NbdConnectionException if it cannot be reached or understood
    /// @throws InterruptedIOException if the thread is interrupted
    public static NbdClient open(List<NbdAddress> addresses, NbdClientOptions options) throws IOException {
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("no address of an NBD server");
        }
        var loops = newLoops(options);
        boolean opened = false;
        try {
            acquire(options);
            try {
                var route = new Route(loops.group(), List.copyOf(addresses), options);
                var client = new NbdClient(loops, route, options, openPatiently(route, options));
                opened = true;
                return client;
            } finally {
                if (!opened) {
                    release(options);
                }
            }
        } catch (InterruptedException _) {
            throw interrupted();
        } finally {
            if (!opened) {
                loops.close();
            }
        }
    }

    private static Route.Opened openPatiently(Route route, NbdClientOptions options) throws IOException, InterruptedException {
        long began = System.nanoTime();
        for (int failures = 1; ; failures++) {
            try {
                return route.open();
            } catch (NbdException e) {
                boolean late = System.nanoTime() - began > options.retries().budget().toNanos();
                if (Route.isFinal(e) || failures >= options.retries().attempts() || late) {
                    throw e;
                }
                Thread.sleep(options.retries().waitAfter(failures));
            }
        }
    }

    /// The exports that the server at `address` names; the address's own export does not matter.
    ///
    /// @throws NbdRefusedException if the server does not tell, as XenServer's
    public static List<OptionReply.Server> list(NbdAddress address, NbdClientOptions options) throws IOException {
        try (var loops = newLoops(options);
                var dialogue = new Route(loops.group(), List.of(address), options).begin(address)) {
            var listed = dialogue.list();
            dialogue.abort();
            return listed;
        } catch (NbdProtocolException e) {
            throw Route.typed(address, e);
        } catch (InterruptedException _) {
            throw interrupted();
        }
    }

    /// What the server said of the export when it was opened.
    public NbdExport export() {
        return export;
    }

    /// Fills `target` from its position to its limit with the bytes from `offset` on. Any offset and length inside the export
    /// will do, whatever alignment the server wants.
    ///
    /// @throws NbdRequestException if these bytes cannot be read
    /// @throws NbdConnectionException if the server cannot be reached any more
    /// @throws NbdExportChangedException if there is another export in its place
    /// @throws NbdClosedException if the client is closed
    /// @throws InterruptedIOException if the thread is interrupted; as after any failure, the target's content is undefined
    public void read(long offset, ByteBuffer target) throws IOException {
        if (!target.hasRemaining()) {
            return;
        }
        var read = beginRead(offset, target);
        try {
            read.await();
        } finally {
            endRead(read);
        }
        target.position(target.limit());
    }

    /// Begins to fill `target`, which is the operation's until [#endRead].
    ReadOperation beginRead(long offset, ByteBuffer target) throws IOException {
        requireInside(offset, target.remaining());
        if (target.isReadOnly()) {
            throw new IllegalArgumentException("cannot read into a read-only buffer");
        }
        var read = new ReadOperation(offset, target, agreed.alignment(), agreed.size());
        backlog.add(read);
        return read;
    }

    void endRead(ReadOperation read) {
        backlog.withdraw(read);
        read.shut();
    }

    /// Reads the bytes from `offset` on in order, ahead of whoever takes them.
    ///
    /// @param windowBytes how far ahead, and how much memory that takes
    public NbdStream stream(long offset, long length, int windowBytes) {
        requireInside(offset, length);
        return new NbdStream(this, offset, offset + length, windowBytes);
    }

    /// Tells what `context` says of the `length` bytes from `offset` on.
    ///
    /// @throws IllegalArgumentException if it is none of [NbdExport#contexts()]
    /// @throws NbdException as [#read(long, ByteBuffer)]
    /// @throws IOException if the receiver throws it
    public void status(String context, long offset, long length, StatusReceiver receiver) throws IOException {
        requireInside(offset, length);
        if (!agreed.contexts().containsKey(context)) {
            throw new IllegalArgumentException("the server did not agree to the context %s, only to %s"
                    .formatted(context, agreed.contexts().keySet()));
        }
        long end = offset + length;
        for (long at = offset; at < end; ) {
            at = askStatus(context, at, end, receiver);
        }
    }

    /// One question; returns how far its answer went.
    private long askStatus(String context, long offset, long end, StatusReceiver receiver) throws IOException {
        long from = offset & -agreed.alignment();
        long to = end - from > STATUS_BYTES ? from + STATUS_BYTES : ReadOperation.alignedUp(end, agreed.alignment(), agreed.size());
        var question = new StatusOperation(context, from, to - from);
        try {
            backlog.add(question);
            question.await();
        } finally {
            backlog.withdraw(question);
        }
        long at = from;
        for (var extent : question.extents()) {
            long next = extent.length() > end - at ? end : at + extent.length(); // the last one may reach further
            if (next > offset) {
                long begin = Math.max(at, offset);
                receiver.extent(begin, next - begin, extent.flags());
            }
            if (next == end) {
                return end;
            }
            at = next;
        }
        if (at <= offset) {
            throw new NbdRequestException(null, from, to - from, "%s: the block status of %d bytes from %d says nothing about them"
                    .formatted(route.address(), to - from, from), null);
        }
        return at;
    }

    private void requireInside(long offset, long length) {
        if (offset < 0 || length < 0 || length > agreed.size() - offset) {
            throw new IllegalArgumentException("%d bytes from %d on of an export of %d bytes"
                    .formatted(length, offset, agreed.size()));
        }
    }

    /// A further connection, for a lane.
    private Connection connect() throws IOException, InterruptedException {
        connecting.lockInterruptibly();
        try {
            acquire(options);
            Route.Opened opened = null;
            try {
                opened = route.open();
                requireSame(opened.agreed());
                return transmit(opened);
            } catch (Throwable e) {
                if (opened != null) {
                    opened.dialogue().close();
                }
                release(options);
                throw e;
            }
        } finally {
            connecting.unlock();
        }
    }

    private Connection transmit(Route.Opened opened) throws IOException, InterruptedException {
        var connection = new Connection(opened.agreed(), backlog, options);
        connection.ended().whenComplete((_, _) -> release(options));
        try {
            opened.dialogue().giveWayTo(connection);
        } catch (NbdProtocolException e) {
            throw Route.typed(route.address(), e);
        }
        return connection;
    }

    private void requireSame(Agreed now) throws NbdExportChangedException {
        if (now.size() != agreed.size()) {
            throw new NbdExportChangedException("%s has %d bytes now, it had %d; open it anew if that was meant"
                    .formatted(route.address(), now.size(), agreed.size()));
        }
        if (now.alignment() > agreed.alignment() || !now.contexts().keySet().containsAll(agreed.contexts().keySet())) {
            throw new NbdExportChangedException("%s has other block sizes or contexts now; open it anew if that was meant"
                    .formatted(route.address()));
        }
    }

    /// Ends all calls that still wait, says goodbye to the server and waits until it hangs up, at most
    /// [NbdTimeouts#disconnect()]: a server may detach the disk before it does. No thread is left when this returns.
    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        backlog.close(new NbdClosedException());
        lanes.forEach(Thread::interrupt);
        var connections = backlog.connections();
        connections.forEach(Connection::disconnect);
        awaitEnds(connections);
        joinLanes(); // before the event loops, which they may be talking to
        loops.close();
    }

    private void awaitEnds(List<Connection> connections) {
        long deadline = System.nanoTime() + options.timeouts().disconnect().toNanos();
        try {
            for (var connection : connections) {
                connection.ended().get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // whoever is in a hurry does not wait for the server
        } catch (TimeoutException | ExecutionException _) {
            // the server had its time
        }
        connections.forEach(connection -> connection.abandon(new NbdClosedException()));
    }

    private void joinLanes() {
        boolean interrupted = false;
        for (var lane : lanes) {
            interrupted |= EventLoops.joined(lane);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static EventLoops newLoops(NbdClientOptions options) {
        return new EventLoops(Math.min(options.connections() > 0 ? options.connections() : CONNECTIONS,
                Runtime.getRuntime().availableProcessors()));
    }

    private static void acquire(NbdClientOptions options) throws InterruptedException {
        if (options.permits() != null) {
            options.permits().acquire();
        }
    }

    private static void release(NbdClientOptions options) {
        if (options.permits() != null) {
            options.permits().release();
        }
    }

    private static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted while talking to an NBD server");
    }
}
