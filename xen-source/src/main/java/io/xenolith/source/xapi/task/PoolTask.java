package io.xenolith.source.xapi.task;

import io.xenolith.source.xapi.error.FaultyCallException;
import io.xenolith.source.xapi.error.GoneException;
import io.xenolith.source.xapi.error.UnavailableException;
import io.xenolith.source.xapi.error.XapiException;
import io.xenolith.source.xapi.http.Timeouts;
import io.xenolith.source.xapi.records.RawRecord;
import io.xenolith.source.xapi.records.Ref;
import io.xenolith.source.xapi.records.Task;
import io.xenolith.source.xapi.rpc.Calls;
import io.xenolith.source.xapi.rpc.Value;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A task of ours, from its start until it is removed from the pool. For one thread at a time.
public final class PoolTask implements AutoCloseable {
    private static final Duration EVENT_WAIT = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration CANCEL_WAIT = Duration.ofSeconds(15); // a stream notices within ten

    private final Calls calls;
    private final Timeouts timeouts;
    private final TaskListener listener;
    private final String what;
    private final Ref<Task> ref;
    private final boolean made; // by us, for a stream; a call's task is its host's to end
    private boolean working;
    private boolean polling;
    private String token = "";
    private boolean over;

    PoolTask(Calls calls, Timeouts timeouts, TaskListener listener, String what, Ref<Task> ref,
            boolean made) {
        this.calls = calls;
        this.timeouts = timeouts;
        this.listener = listener;
        this.what = what;
        this.ref = ref;
        this.made = made;
        this.working = !made;
    }

    public Ref<Task> ref() {
        return ref;
    }

    /// Says that a host has the task now, and will end it.
    public void handedOver() {
        working = true;
    }

    /// Waits for the task to end.
    ///
    /// @return its result
    /// @throws XapiException if it failed or was cancelled
    /// @throws TaskTimeoutException if it takes longer than `Timeouts.task`
    /// @throws TaskLostException if the pool forgot it
    public Value await() throws IOException, InterruptedException {
        var task = awaitEnd(timeouts.task(), listener);
        if (task.isEmpty()) {
            throw new TaskTimeoutException(what, timeouts.task());
        }
        var failure = failure(task.get());
        if (failure.isPresent()) {
            throw failure.get();
        }
        return Value.ofResult(task.get().result(), what);
    }

    /// The reason of a stream that broke or was refused. A host that fails closes the connection; why, the task says.
    ///
    /// @return the task's failure with `broken` attached, or `broken` itself where the task has none
    public IOException reasonOf(IOException broken) {
        if (Thread.currentThread().isInterrupted()) {
            return broken;
        }
        try {
            var failure = failure(poll());
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

    private Optional<XapiException> failure(Task task) {
        return switch (task.status()) {
            case FAILURE -> Optional.of(XapiException.of(what, task.errorInfo()));
            case CANCELLED -> Optional.of(XapiException.of(what, List.of("TASK_CANCELLED", ref.value())));
            case SUCCESS, PENDING, CANCELLING -> Optional.empty();
        };
    }

    private Optional<Task> awaitEnd(Duration limit, TaskListener told) throws IOException, InterruptedException {
        long start = System.nanoTime();
        for (var task = poll(); true; task = next(left(limit, start))) {
            told.progressed(what, task.progress());
            if (task.isOver()) {
                return Optional.of(task);
            }
            if (!left(limit, start).isPositive()) {
                return Optional.empty();
            }
        }
    }

    private static Duration left(Duration limit, long start) {
        return limit.minusNanos(System.nanoTime() - start);
    }

    /// Waits for news, and asks for the whole task where an event does not have it.
    private Task next(Duration left) throws IOException, InterruptedException {
        if (polling) {
            Thread.sleep(shorter(POLL, left));
            return poll();
        }
        try {
            return event(shorter(shorter(EVENT_WAIT, timeouts.call().dividedBy(2)), left));
        } catch (UnavailableException | FaultyCallException e) {
            polling = true; // a host without events, or one that does not like ours
            return poll();
        }
    }

    /// A task that the pool has forgotten causes no event, so silence is followed by a question.
    private Task event(Duration wait) throws IOException, InterruptedException {
        var batch = RawRecord.of(calls.ask("event.from", List.of("task/" + ref), token, wait.toMillis() / 1e3));
        token = batch.text("token");
        Optional<Task> newest = Optional.empty();
        for (var event : batch.get("events").list()) {
            var members = event.members();
            if (members.containsKey("snapshot") && members.get("ref").text().equals(ref.value())) {
                newest = Optional.of(remember(Task.CLASS.read(ref, members.get("snapshot"))));
            }
        }
        return newest.isPresent() ? newest.get() : poll();
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other.isNegative() ? Duration.ZERO : other;
    }

    private Task poll() throws IOException, InterruptedException {
        try {
            return remember(Task.CLASS.read(ref, calls.ask("task.get_record", ref)));
        } catch (GoneException e) {
            over = true;
            throw new TaskLostException(what, e);
        }
    }

    private Task remember(Task task) {
        over = task.isOver();
        return task;
    }

    /// Cancels the task if it is not over, and removes it. A pool that does not answer keeps it for a day at most.
    /// Works in an interrupted thread too, and leaves it interrupted.
    @Override
    public void close() {
        boolean interrupted = Thread.interrupted();
        interrupted |= !over && quietly(this::cancel);
        interrupted |= !over && made && quietly(() -> calls.ask("task.set_status", ref, "cancelled"));
        interrupted |= quietly(() -> calls.ask("task.destroy", ref));
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void cancel() throws IOException, InterruptedException {
        if (working) {
            calls.ask("task.cancel", ref);
            awaitEnd(CANCEL_WAIT, TaskListener.NONE); // who listens had its say
        }
    }

    private interface Step {
        void run() throws IOException, InterruptedException;
    }

    /// Returns true if it was interrupted. What cannot be done is left to the pool.
    private static boolean quietly(Step step) {
        try {
            step.run();
            return false;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            return true;
        }
    }
}
