package io.xenolith.source.vm.restore;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Does what must come to its end once it is begun. A call that makes something and is given up half way may make it
/// later, when nobody looks any more; and the task of a stream that is given up before its host heard of it never ends.
final class Uninterrupted {

    private Uninterrupted() {
    }

    /// Runs `step` in a thread of its own and waits for it. An interrupt meanwhile is kept for whoever waits next.
    static <T> T get(Patience.Step<T> step) throws IOException {
        var task = new FutureTask<T>(step::run);
        Thread.ofVirtual().name("restore-step").start(task);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            throw switch (e.getCause()) {
                case IOException failure -> failure;
                case RuntimeException failure -> throw failure;
                case Error failure -> throw failure;
                default -> new IOException(e.getCause());
            };
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
