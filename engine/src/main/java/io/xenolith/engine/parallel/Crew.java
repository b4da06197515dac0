package io.xenolith.engine.parallel;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

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
        var threads = Thread.ofPlatform().name(name + "-", 1).factory();
        try (var executor = Executors.newFixedThreadPool(workers, threads)) {
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
