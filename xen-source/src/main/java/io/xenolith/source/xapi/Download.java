package io.xenolith.source.xapi;

import io.xenolith.source.xapi.http.StreamConnection;
import io.xenolith.source.xapi.task.PoolTask;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// An export under way. The end of this stream is no proof of anything, a host that fails ends it like one that is
/// done: an export is whole only once [#finish()] has returned, and its format's own end was there.
///
/// For one thread at a time; interrupting it, or closing this from another one, ends whatever waits. Reading slowly
/// slows the host down, for as long as it likes.
public final class Download extends InputStream {
    private static final byte[] SECOND_ANSWER = "HTTP/1.".getBytes(StandardCharsets.US_ASCII);
    private static final int SECOND_ANSWER_BYTES = 64 << 10;
    private static final int PADDING_BYTES = 1 << 20; // more than any format ends with

    private final StreamConnection connection;
    private final PoolTask task;
    private final InputStream in;
    private boolean begun;

    Download(StreamConnection connection, PoolTask task) {
        this.connection = connection;
        this.task = task;
        this.in = connection.body();
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    /// @throws io.xenolith.source.xapi.error.XapiException if the host failed and its task says why
    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        try {
            if (!begun) {
                begun = true;
                refuseSecondAnswer();
            }
            return in.read(bytes, offset, length);
        } catch (IOException e) {
            throw task.reasonOf(e);
        }
    }

    /// A host promises success before it attaches the disk. When that fails, it sends a second answer where the disk
    /// should be. A disk may begin like one; a failure also ends soon.
    private void refuseSecondAnswer() throws IOException {
        in.mark(SECOND_ANSWER_BYTES + 1);
        var start = in.readNBytes(SECOND_ANSWER.length);
        boolean fails = Arrays.equals(start, SECOND_ANSWER)
                && in.readNBytes(SECOND_ANSWER_BYTES - start.length + 1).length <= SECOND_ANSWER_BYTES - start.length;
        in.reset();
        if (fails) {
            throw connection.refusal(connection.answer());
        }
    }

    /// Reads what padding is left, and waits until the host says that it sent everything.
    ///
    /// @throws io.xenolith.source.xapi.error.XapiException if it failed
    /// @throws IOException if there was more than padding
    public void finish() throws IOException, InterruptedException {
        var rest = new byte[64 << 10];
        int left = PADDING_BYTES;
        for (int count = read(rest); count >= 0; count = read(rest)) {
            left -= count;
            if (left < 0) {
                throw new IOException("the export goes on for more than %d bytes behind its end"
                        .formatted(PADDING_BYTES));
            }
        }
        task.await();
    }

    /// Before [#finish()] has returned, this gives the export up, and the host hears of it.
    @Override
    public void close() throws IOException {
        try (task) {
            connection.close();
        }
    }
}
