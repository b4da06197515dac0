package io.xenolith.source.vm.restore;

import io.xenolith.engine.Progress;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicLong;

/// Counts what goes to the pool.
final class Sent {
    private final Progress progress;
    private final AtomicLong bytes = new AtomicLong();

    Sent(Progress progress) {
        this.progress = progress;
    }

    long bytes() {
        return bytes.get();
    }

    void expect(long count) {
        progress.expect(count);
    }

    void add(long count) {
        bytes.addAndGet(count);
        progress.advance(count);
    }

    /// Counts what is written to `out`, and leaves it open: an import is finished by its caller.
    OutputStream counting(OutputStream out) {
        return new FilterOutputStream(out) {
            @Override
            public void write(int one) throws IOException {
                out.write(one);
                add(1);
            }

            @Override
            public void write(byte[] buffer, int offset, int length) throws IOException {
                out.write(buffer, offset, length);
                add(length);
            }

            @Override
            public void close() throws IOException {
                flush();
            }
        };
    }
}
