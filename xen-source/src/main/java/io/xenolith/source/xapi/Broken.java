package io.xenolith.source.xapi;

import io.xenolith.source.xapi.task.PoolTask;
import java.io.IOException;

/// Finds the reason of a stream that broke. A host that fails closes the connection; why, only the task says.
final class Broken {

    private Broken() {
    }

    /// The task's failure with `broken` attached, or `broken` itself where the task has none.
    static IOException reason(PoolTask task, IOException broken) {
        if (Thread.currentThread().isInterrupted()) {
            return broken;
        }
        try {
            var failure = task.failure();
            if (failure.isPresent()) {
                failure.get().addSuppressed(broken);
                return failure.get();
            }
        } catch (IOException e) {
            broken.addSuppressed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return broken;
    }
}
