package io.xenolith.source.xapi.http;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/// Closes a channel that one thread waits for longer than the stall time. A deadline of the socket would cover reading
/// only: a write to a host that has stopped reading waits for ever.
final class StallWatch implements AutoCloseable {
    private final SocketChannel channel;
    private final long stallNanos;
    private final Thread watcher;
    private volatile boolean waiting;
    private volatile long since; // meaningful while waiting
    private volatile boolean stalled;

    StallWatch(SocketChannel channel, Duration stall) {
        this.channel = channel;
        this.stallNanos = stall.toNanos();
        this.watcher = Thread.ofVirtual().name("stall watch").start(this::watch);
    }

    /// Call before something that may wait for the host.
    void begin() {
        since = System.nanoTime();
        waiting = true;
    }

    void end() {
        waiting = false;
    }

    /// True if the channel was closed for its silence.
    boolean stalled() {
        return stalled;
    }

    private void watch() {
        try {
            while (true) {
                long left = waiting ? stallNanos - (System.nanoTime() - since) : stallNanos;
                if (left <= 0) {
                    stalled = true;
                    channel.close();
                    return;
                }
                Thread.sleep(Duration.ofNanos(left));
            }
        } catch (InterruptedException e) {
            // close() was called
        } catch (IOException e) {
            stalled = true; // a channel that cannot be closed is not usable either
        }
    }

    @Override
    public void close() {
        watcher.interrupt();
    }
}
