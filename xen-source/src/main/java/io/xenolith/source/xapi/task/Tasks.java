package io.xenolith.source.xapi.task;

import io.xenolith.source.xapi.error.GoneException;
import io.xenolith.source.xapi.error.RefusedException;
import io.xenolith.source.xapi.error.SessionLostException;
import io.xenolith.source.xapi.error.UnavailableException;
import io.xenolith.source.xapi.http.Timeouts;
import io.xenolith.source.xapi.records.Ref;
import io.xenolith.source.xapi.records.Task;
import io.xenolith.source.xapi.rpc.Calls;
import io.xenolith.source.xapi.rpc.Value;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Runs calls as tasks. Safe for use by several threads.
public final class Tasks {
    /// What the names of tasks made for exports and imports begin with.
    public static final String LABEL_PREFIX = "xenolith: ";

    /// The key in `other_config` of such tasks, where the account may set it.
    public static final String MARK = "xenolith";

    private final Calls calls;
    private final Timeouts timeouts;
    private final TaskListener listener;

    public Tasks(Calls calls, Timeouts timeouts, TaskListener listener) {
        this.calls = calls;
        this.timeouts = timeouts;
        this.listener = listener;
    }

    /// Starts a call that may not be done twice, and waits for its end. When this returns or throws, the task is
    /// removed; if it was still going, after an interrupt or a timeout, it was cancelled.
    ///
    /// @param method without `Async.`
    /// @throws io.xenolith.source.xapi.error.XapiException if it failed or was cancelled
    public Value run(String method, Object... arguments) throws IOException, InterruptedException {
        return await(method, calls.tell("Async." + method, arguments));
    }

    /// As [#run(String, Object...)], of a call that may be done twice: it is started again if the connection broke.
    public Value runRepeatable(String method, Object... arguments) throws IOException, InterruptedException {
        return await(method, calls.ask("Async." + method, arguments));
    }

    private Value await(String method, Value started) throws IOException, InterruptedException {
        try (var task = new PoolTask(calls, timeouts, listener, method, new Ref<>(started.text()), false)) {
            return task.await();
        }
    }

    /// Makes a task for an export or import, which the host then moves along and ends.
    ///
    /// @param what for its name and for messages, such as `export of a disk`
    public PoolTask open(String what) throws IOException, InterruptedException {
        var made = new Ref<Task>(simple("task.create", LABEL_PREFIX + what, "").text());
        var task = new PoolTask(calls, timeouts, listener, what, made, true);
        try {
            simple("task.add_to_other_config", made, MARK, "1");
        } catch (RefusedException | UnavailableException e) {
            // not every role may; the name tells as well
        } catch (IOException | InterruptedException e) {
            task.close();
            throw e;
        }
        return task;
    }

    /// A call that is done in one step: where the session turns out to be lost, nothing was done, and the new one does it.
    private Value simple(String method, Object... arguments) throws IOException, InterruptedException {
        try {
            return calls.tell(method, arguments);
        } catch (SessionLostException _) {
            return calls.tell(method, arguments);
        }
    }

    /// Removes those of [#left()] that began before `limit`: whoever made them is gone.
    public void sweep(Instant limit) throws IOException, InterruptedException {
        for (var task : left()) {
            if (task.created().isBefore(limit)) {
                try {
                    calls.ask("task.destroy", task.ref());
                } catch (GoneException e) {
                    // as it should be
                }
            }
        }
    }

    /// Tasks that exports and imports of any run made and that are still there.
    public List<Task> left() throws IOException, InterruptedException {
        var left = new ArrayList<Task>();
        for (var record : calls.ask("task.get_all_records").members().entrySet()) {
            var task = Task.CLASS.read(new Ref<>(record.getKey()), record.getValue());
            if (task.name().startsWith(LABEL_PREFIX) || task.otherConfig().containsKey(MARK)) {
                left.add(task);
            }
        }
        return left;
    }
}
