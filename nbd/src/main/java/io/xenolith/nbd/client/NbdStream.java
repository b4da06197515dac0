package io.xenolith.nbd.client;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/// The bytes of an export in order, read ahead of the thread that takes them: while that works on one buffer, the others are
/// being filled. For one thread.
public final class NbdStream implements Closeable {
    private static final int BUFFER_BYTES = 1 << 20;

    /// A buffer and the read that fills it.
    private record Ahead(ReadOperation read, ByteBuffer target) {}

    private final NbdClient client;
    private final long end;
    private final int buffers;
    private final ArrayDeque<Ahead> ahead = new ArrayDeque<>();
    private ByteBuffer lent;
    private long next;

    NbdStream(NbdClient client, long offset, long end, int windowBytes) {
        this.client = client;
        this.next = offset;
        this.end = end;
        this.buffers = Math.max(2, windowBytes / BUFFER_BYTES);
    }

    /// The next bytes, at most 1 MiB, or null after the last. The buffer is the caller's until the next call.
    ///
    /// @throws NbdException as [NbdClient#read(long, ByteBuffer)]
    public ByteBuffer next() throws IOException {
        readAhead();
        if (ahead.isEmpty()) {
            return null;
        }
        var oldest = ahead.peek();
        oldest.read.await();
        ahead.poll();
        client.endRead(oldest.read);
        lent = oldest.target;
        return lent.duplicate();
    }

    private void readAhead() throws IOException {
        while (next < end && ahead.size() < buffers) {
            var target = lent != null ? lent : ByteBuffer.allocate(BUFFER_BYTES);
            lent = null;
            target.clear().limit((int) Math.min(BUFFER_BYTES, end - next));
            ahead.add(new Ahead(client.beginRead(next, target), target));
            next += target.limit();
        }
    }

    /// Gives up what is being read ahead.
    @Override
    public void close() {
        ahead.forEach(one -> client.endRead(one.read));
        ahead.clear();
    }
}
