package io.xenolith.sim.stream;

import io.xenolith.sim.http.Exchange;
import io.xenolith.sim.http.HttpException;
import io.xenolith.sim.http.Request;
import io.xenolith.sim.model.Database;
import io.xenolith.sim.model.Row;
import io.xenolith.sim.pool.Host;
import io.xenolith.sim.pool.Pool;
import io.xenolith.sim.rpc.XapiFailure;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;

/// One streaming request under way: who asked, the task that will tell how it ended, and the two streams, which a fault
/// may cut.
final class StreamContext {
    private final Pool pool;
    private final Host host;
    private final Exchange exchange;
    private final Row session;
    private final Row task;

    StreamContext(Pool pool, Host host, Exchange exchange, Row session, Row task) {
        this.pool = pool;
        this.host = host;
        this.exchange = exchange;
        this.session = session;
        this.task = task;
    }

    Pool pool() {
        return pool;
    }

    Database database() {
        return pool.database();
    }

    Host host() {
        return host;
    }

    Request request() {
        return exchange.request();
    }

    Row session() {
        return session;
    }

    Row task() {
        return task;
    }

    String parameter(String name) {
        return exchange.request().parameter(name);
    }

    /// A strict boolean: `true` or `false` and nothing else.
    ///
    /// @throws HttpException 500 for another word
    boolean flag(String name, boolean otherwise) throws HttpException {
        var text = parameter(name);
        if (text == null) {
            return otherwise;
        }
        if (!text.equals("true") && !text.equals("false")) {
            throw new HttpException(500, "INTERNAL_ERROR: [ Invalid_argument(\"bool_of_string\") ]");
        }
        return text.equals("true");
    }

    /// Starts the answer of a download; what follows goes until the connection ends.
    OutputStream download(String protocol, String contentType, String file, Map<String, String> more) throws IOException {
        var headers = new LinkedHashMap<>(more);
        headers.put("connection", "close");
        headers.put("task-id", task.ref());
        headers.put("content-type", contentType);
        headers.put("content-disposition", "attachment; filename=\"" + file + "\"");
        return new CutOutput(exchange.stream(protocol, headers), cutAfter());
    }

    /// Accepts an upload before a byte of it was read. The stream ends at the request's length, if it has one.
    InputStream upload() throws IOException {
        exchange.stream("HTTP/1.1", Map.of("connection", "close", "task-id", task.ref()));
        long length = exchange.request().contentLength();
        return new BoundedInput(exchange.input(), length < 0 ? Long.MAX_VALUE : length, cutAfter());
    }

    private long cutAfter() {
        return pool.faults().cutStreamAfter(request().path());
    }

    /// Notes how far the work is, and ends it if somebody cancelled the task.
    ///
    /// @throws XapiFailure `TASK_CANCELLED`
    void progress(double done) throws IOException, InterruptedException {
        pool.locked(() -> {
            if (pool.tasks().isCancelling(task)) {
                throw new XapiFailure("TASK_CANCELLED", task.ref());
            }
            pool.tasks().progress(task, done);
            return null;
        });
    }

    /// The stream is cut on order; the connection ends without a word.
    static final class CutException extends IOException {
        CutException(long bytes) {
            super("cut after " + bytes + " bytes, as ordered");
        }
    }

    private static final class CutOutput extends FilterOutputStream {
        private final long limit;
        private long left;

        CutOutput(OutputStream out, long limit) {
            super(out);
            this.limit = limit;
            left = limit;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            int allowed = (int) Math.min(length, left);
            out.write(bytes, offset, allowed);
            left -= allowed;
            if (allowed < length) {
                out.flush();
                throw new CutException(limit);
            }
        }

        @Override
        public void close() throws IOException {
            flush(); // the connection is not this stream's to end
        }
    }

    private static final class BoundedInput extends FilterInputStream {
        private final long cutAfter;
        private long left;
        private long taken = 0;

        BoundedInput(InputStream in, long length, long cutAfter) {
            super(in);
            left = length;
            this.cutAfter = cutAfter;
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            if (taken >= cutAfter) {
                throw new CutException(cutAfter);
            }
            int count = in.read(bytes, offset, (int) Math.min(length, Math.min(left, cutAfter - taken)));
            left -= Math.max(count, 0);
            taken += Math.max(count, 0);
            return count;
        }
    }
}
