package io.xenolith.source.xapi;

import io.xenolith.source.xapi.http.StreamConnection;
import io.xenolith.source.xapi.rpc.Value;
import io.xenolith.source.xapi.task.PoolTask;
import java.io.IOException;
import java.io.OutputStream;

/// An import under way: write it, then [#finish()]. Writing waits while the host is slower; nothing but one small
/// buffer is kept here, so an import of any size takes no memory.
///
/// For one thread at a time; interrupting it, or closing this from another one, ends whatever waits.
///
/// @param <R> what the import makes
public final class Upload<R> extends OutputStream {
    private static final int BUFFER_BYTES = 64 << 10;

    private final StreamConnection connection;
    private final PoolTask task;
    private final long length; // negative if unknown
    private final boolean answered;
    private final ResultReader<R> result;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int buffered;
    private long written;

    Upload(StreamConnection connection, PoolTask task, long length, boolean answered, ResultReader<R> result) {
        this.connection = connection;
        this.task = task;
        this.length = length;
        this.answered = answered;
        this.result = result;
    }

    /// Reads what a task made.
    interface ResultReader<R> {
        R read(Value result) throws IOException;
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    /// @throws IllegalStateException if more is written than was announced
    /// @throws io.xenolith.source.xapi.error.XapiException if the host gave up and its task says why
    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
        if (length >= 0 && count > length - written) {
            throw new IllegalStateException("%d bytes for an import of %d".formatted(written + count, length));
        }
        written += count;
        if (count > BUFFER_BYTES - buffered) {
            flush();
        }
        if (count >= BUFFER_BYTES) {
            send(bytes, offset, count);
        } else {
            System.arraycopy(bytes, offset, buffer, buffered, count);
            buffered += count;
        }
    }

    @Override
    public void flush() throws IOException {
        send(buffer, 0, buffered);
        buffered = 0;
    }

    private void send(byte[] bytes, int offset, int count) throws IOException {
        try {
            connection.write(bytes, offset, count);
        } catch (IOException e) {
            throw task.reasonOf(e);
        }
    }

    /// Sends what is left, and waits until the host has stored everything.
    ///
    /// @return what the import made
    /// @throws IllegalStateException if less was written than announced
    /// @throws io.xenolith.source.xapi.error.XapiException if the host failed
    public R finish() throws IOException, InterruptedException {
        if (length >= 0 && written != length) {
            throw new IllegalStateException("%d bytes for an import of %d".formatted(written, length));
        }
        flush();
        try {
            if (length < 0) {
                connection.endBody();
            }
            requireAnswer();
        } catch (IOException e) {
            throw task.reasonOf(e);
        }
        return result.read(task.await());
    }

    private void requireAnswer() throws IOException {
        if (answered) {
            return;
        }
        var head = connection.answer();
        if (head.status() != 200) {
            throw connection.refusal(head);
        }
    }

    /// Before [#finish()] has returned, this gives the import up, and the host hears of it.
    @Override
    public void close() throws IOException {
        try (task) {
            connection.close();
        }
    }
}
