package io.xenolith.nbd.client;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/// The event loops of one client and the threads they run on. Nothing that blocks may run on them.
final class EventLoops implements AutoCloseable {
    private static final int MOST_SECONDS = 5;

    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final EventLoopGroup group;

    EventLoops(int count) {
        group = new MultiThreadIoEventLoopGroup(count, this::newThread, NioIoHandler.newFactory());
    }

    private Thread newThread(Runnable loop) {
        var thread = new FastThreadLocalThread(loop, "xenolith-nbd-" + threads.size());
        thread.setDaemon(true);
        threads.add(thread);
        return thread;
    }

    EventLoopGroup group() {
        return group;
    }

    /// Closes what is still open. The threads are gone when this returns, even if the caller is interrupted meanwhile.
    @Override
    public void close() {
        group.shutdownGracefully(0, MOST_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
        boolean interrupted = false;
        for (var thread : threads) {
            interrupted |= joined(thread);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Waits for the end of `thread`, which has nothing left to do; says whether it was interrupted.
    static boolean joined(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                return interrupted;
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
    }
}
