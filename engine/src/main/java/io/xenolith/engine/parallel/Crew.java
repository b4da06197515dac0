package io.xenolith.engine.parallel;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;

/// Runs work in several threads and waits for all of it. The first failure interrupts the rest and is thrown; when a
/// method returns, none of its threads is left.
public final class Crew {

    private Crew() {
    }

    /// A piece of work.
    public interface Work {
        void run() throws IOException, InterruptedException;
    }

    /// Runs `work` in `workers` threads named after `name`, each of which takes its share from a common place.
    ///
    /// @throws IOException the first failure of a worker
    /// @throws InterruptedException if the calling thread is interrupted
    public static void work(String name, int workers, Work work) throws IOException, InterruptedException {
        var tasks = new ArrayList<Callable<Void>>();
        for (int i = 0; i < workers; i++) {
            tasks.add(() -> {
                work.run();
                return null;
            });
        }
        all(name, workers, tasks);
    }

    /// Runs each of `tasks`, at most `workers` at a time.
    ///
    /// @return their results, in the order of the tasks
    /// @throws IOException the first failure of a task
    /// @throws InterruptedException if the calling thread is interrupted
    public static <T> List<T> all(String name, int workers, List<Callable<T>> tasks)
            throws IOException, InterruptedException {
        var threads = new Threads(name);
        try (threads; var executor = Executors.newFixedThreadPool(workers, threads)) {
            var done = new ExecutorCompletionService<T>(executor);
            var futures = tasks.stream().map(done::submit).toList();
            try {
                for (int i = 0; i < tasks.size(); i++) {
                    done.take().get();
                }
            } catch (ExecutionException e) {
                throw unwrap(e);
            } finally {
                executor.shutdownNow(); // after a failure, interrupts what still runs
            }
            return futures.stream().map(Future::resultNow).toList();
        }
    }

    /// Makes the threads of one crew. An executor is closed as soon as its threads have nothing more to do, which is a
    /// moment before they end.
    private static final class Threads implements ThreadFactory, AutoCloseable {
        private final ThreadFactory factory;
        private final List<Thread> made = new ArrayList<>(); // guarded by `this`

        Threads(String name) {
            this.factory = Thread.ofPlatform().name(name + "-", 1).factory();
        }

        @Override
        public synchronized Thread newThread(Runnable task) {
            var thread = factory.newThread(task);
            made.add(thread);
            return thread;
        }

        private synchronized List<Thread> made() {
            return List.copyOf(made);
        }

        /// Waits for the threads to end, interrupted or not, since they are about to.
        @Override
        public void close() {
            boolean interrupted = Thread.interrupted();
            for (var thread : made()) {
                while (thread.isAlive()) {
                    try {
                        thread.join();
                    } catch (InterruptedException e) {
                        interrupted = true;
                    }
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static IOException unwrap(ExecutionException e) throws InterruptedException {
        return switch (e.getCause()) {
            case IOException failure -> failure;
            case RuntimeException failure -> throw failure;
            case Error failure -> throw failure;
            case InterruptedException interrupted -> throw interrupted;
            default -> new IOException(e.getCause());
        };
    }
}
