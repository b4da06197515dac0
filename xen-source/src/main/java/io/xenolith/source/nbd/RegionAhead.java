package io.xenolith.source.nbd;

import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import io.xenolith.nbd.client.NbdClient;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/// What is wanted of a region, on its way: pieces are asked for in order, some ahead of whoever reads them.
final class RegionAhead {

    private static final int PIECE_BYTES = 1 << 20;
    private static final int MAX_PIECES = 64;

    private final NbdClient client;
    private final ExecutorService readers;
    private final int readAhead;

    /// The fields below are guarded by `this`.
    private final Iterator<Extent> extents;
    private final Deque<Piece> underway = new ArrayDeque<>();
    private long extentAt;
    private long extentEnd;
    private long position;
    private long bytesUnderway;
    private boolean closed;

    private record Piece(long offset, ByteBuffer bytes, Future<?> read) {
        long end() {
            return offset + bytes.capacity();
        }
    }

    /// @param wanted    of the region, in order
    /// @param readAhead bytes
    RegionAhead(NbdClient client, ExecutorService readers, Extents wanted, int readAhead) {
        this.client = client;
        this.readers = readers;
        this.extents = wanted.iterator();
        this.readAhead = readAhead;
    }

    /// Whether nothing from `offset` on has been passed over.
    synchronized boolean canServe(long offset) {
        return !closed && offset >= position;
    }

    /// Fills `target` with the bytes from `offset` on, which lies behind all that was read before.
    synchronized void read(long offset, ByteBuffer target) throws IOException {
        long at = offset;
        position = offset + target.remaining();
        while (target.hasRemaining()) {
            dropBefore(at);
            askAhead();
            var next = underway.peek();
            int length = target.remaining();
            if (next == null || next.offset() >= at + length) {
                client.read(at, target);
                return;
            }
            if (next.offset() > at) {
                readPart(at, (int) (next.offset() - at), target);
                at = next.offset();
            } else {
                int count = copy(next, at, target);
                at += count;
            }
        }
    }

    private void readPart(long offset, int length, ByteBuffer target) throws IOException {
        int limit = target.limit();
        target.limit(target.position() + length);
        client.read(offset, target);
        target.limit(limit);
    }

    private static int copy(Piece piece, long at, ByteBuffer target) throws IOException {
        await(piece);
        int from = (int) (at - piece.offset());
        int count = Math.min(target.remaining(), piece.bytes().capacity() - from);
        target.put(target.position(), piece.bytes(), from, count);
        target.position(target.position() + count);
        return count;
    }

    private static void await(Piece piece) throws IOException {
        try {
            piece.read().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IOException("reading ahead failed: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            throw (IOException) new InterruptedIOException("reading a disk over NBD was interrupted").initCause(e);
        }
    }

    private void dropBefore(long offset) {
        while (!underway.isEmpty() && underway.peek().end() <= offset) {
            var passed = underway.poll();
            passed.read().cancel(true);
            bytesUnderway -= passed.bytes().capacity();
        }
    }

    /// Two pieces at least, so that one arrives while the other is taken.
    private void askAhead() {
        while (!closed && underway.size() < MAX_PIECES && (bytesUnderway < readAhead || underway.size() < 2) && nextExtent()) {
            int length = (int) Math.min(PIECE_BYTES, extentEnd - extentAt);
            var bytes = ByteBuffer.allocate(length);
            long offset = extentAt;
            underway.add(new Piece(offset, bytes, readers.submit(() -> {
                client.read(offset, bytes.duplicate());
                return null;
            })));
            extentAt += length;
            bytesUnderway += length;
        }
    }

    private boolean nextExtent() {
        while (extentAt >= extentEnd) {
            if (!extents.hasNext()) {
                return false;
            }
            var extent = extents.next();
            extentAt = extent.offset();
            extentEnd = extent.end();
        }
        return true;
    }

    /// Gives up what is underway.
    synchronized void close() {
        closed = true;
        underway.forEach(piece -> piece.read().cancel(true));
        underway.clear();
    }
}
