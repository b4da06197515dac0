package io.xenolith.cli;

import io.xenolith.engine.Progress;
import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/// Shows how far a command has come, until it is closed.
public sealed interface ProgressDisplay extends Progress, AutoCloseable {

    /// A bar on a terminal, lines elsewhere, nothing if it shall be quiet.
    static ProgressDisplay open(String what, Surroundings surroundings, boolean quiet) {
        if (quiet) {
            return new Nothing();
        }
        return surroundings.terminal().showsErrors() ? new Bar(what, surroundings.err()) : new Lines(what, surroundings.err());
    }

    @Override
    void close();

    /// Shows nothing.
    record Nothing() implements ProgressDisplay {
        @Override
        public void expect(long bytes) {
        }

        @Override
        public void advance(long bytes) {
        }

        @Override
        public void close() {
        }
    }

    /// A line that is drawn over.
    final class Bar implements ProgressDisplay {
        private static final int CHARACTERS = 100; // asking the terminal would cost more than the bar is worth

        private final ProgressBar bar;

        Bar(String what, PrintStream err) {
            bar = new ProgressBarBuilder().setTaskName(what).setInitialMax(0).setUnit(" MiB", 1 << 20).showSpeed()
                    .setStyle(ProgressBarStyle.ASCII).setUpdateIntervalMillis(200).clearDisplayOnFinish()
                    .setConsumer(new ConsoleProgressBarConsumer(err, CHARACTERS)).build();
        }

        @Override
        public synchronized void expect(long bytes) {
            bar.maxHint(Math.max(0, bar.getMax()) + bytes);
        }

        @Override
        public void advance(long bytes) {
            bar.stepBy(bytes);
        }

        @Override
        public void close() {
            bar.close();
        }
    }

    /// A line now and then, for logs.
    final class Lines implements ProgressDisplay {
        private static final long PAUSE_SECONDS = 5;

        private final String what;
        private final PrintStream err;
        private final long start = System.nanoTime();
        private final LongAdder expected = new LongAdder();
        private final LongAdder done = new LongAdder();
        private final CountDownLatch closed = new CountDownLatch(1);

        Lines(String what, PrintStream err) {
            this.what = what;
            this.err = err;
            Thread.ofPlatform().daemon().name("progress").start(this::speakUntilClosed);
        }

        @Override
        public void expect(long bytes) {
            expected.add(bytes);
        }

        @Override
        public void advance(long bytes) {
            done.add(bytes);
        }

        private void speakUntilClosed() {
            try {
                while (!closed.await(PAUSE_SECONDS, TimeUnit.SECONDS)) {
                    err.println(line(what, done.sum(), expected.sum(), (System.nanoTime() - start) / 1e9));
                }
            } catch (InterruptedException _) {
                // nobody waits for this thread
            }
        }

        /// Such as `backup web: 1.2 GiB of 6.0 GiB, 410.0 MiB/s, 12 s left`.
        static String line(String what, long done, long expected, double seconds) {
            double rate = done / Math.max(seconds, 1e-3);
            var left = rate < 1 || expected <= done ? "" : ", %s left".formatted(TimeSpan.format((expected - done) / rate));
            return "%s: %s of %s, %s/s%s".formatted(what, ByteSize.format(done), ByteSize.format(Math.max(done, expected)),
                    ByteSize.format((long) rate), left);
        }

        @Override
        public void close() {
            closed.countDown();
        }
    }
}
