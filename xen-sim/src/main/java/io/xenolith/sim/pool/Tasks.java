package io.xenolith.sim.pool;

import io.xenolith.sim.model.Database;
import io.xenolith.sim.model.Row;
import io.xenolith.sim.rpc.XapiFailure;
import io.xenolith.sim.rpc.XmlRpc;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Work that is under way or done. Under the database's lock. A result is XML text whichever wire asked for the work.
public final class Tasks {
    private static final int MOST_FINISHED = 200;

    private final Database database;
    private final Set<String> hidden = new HashSet<>();
    private final Set<String> destroyedEarly = new HashSet<>();

    Tasks(Database database) {
        this.database = database;
    }

    public Row create(String label, String description, Host host) {
        forgetOldest();
        return database.create("task", Map.of("name_label", label, "name_description", description, "created",
                Instant.now(), "resident_on", host.row().ref(), "allowed_operations", List.of("cancel", "destroy")));
    }

    /// Makes a task for a stream whose client brought none.
    public Row createHidden(String label, Host host) {
        var task = create(label, "", host);
        hidden.add(task.ref());
        return task;
    }

    /// Whether the pool made the task by itself.
    public boolean isHidden(Row task) {
        return hidden.contains(task.ref());
    }

    /// Removes a task that the pool made by itself and that has nothing to do after all.
    public void forgetHidden(Row task) {
        if (hidden.remove(task.ref())) {
            database.delete(task);
        }
    }

    private void forgetOldest() {
        var finished = database.all("task").stream().filter(Tasks::isFinished).toList();
        finished.stream().limit(Math.max(0, finished.size() - MOST_FINISHED + 1L)).forEach(database::delete);
    }

    private static boolean isFinished(Row task) {
        return !task.text("status").equals("pending") && !task.text("status").equals("cancelling");
    }

    public void progress(Row task, double progress) {
        if (isLive(task)) {
            task.set("progress", progress);
        }
    }

    /// Whether somebody asked to end the work; a stream looks now and then.
    public boolean isCancelling(Row task) {
        return isLive(task) && task.text("status").equals("cancelling");
    }

    public void succeed(Row task, Object result) {
        finish(task, "success", XmlRpc.encode(result), List.of());
    }

    public void fail(Row task, XapiFailure failure) {
        boolean cancelled = failure.code().equals("TASK_CANCELLED");
        finish(task, cancelled ? "cancelled" : "failure", "", failure.description());
    }

    private void finish(Row task, String status, String result, List<String> error) {
        if (!isLive(task) || isFinished(task)) {
            return;
        }
        task.set("result", result);
        task.set("error_info", error);
        task.set("progress", 1.0); // on a failure too
        task.set("finished", Instant.now());
        task.set("status", status);
        if (destroyedEarly.remove(task.ref())) {
            database.delete(task);
        }
    }

    /// Cancels work that has not ended; it notices later.
    public void cancel(Row task) {
        if (!isFinished(task)) {
            task.set("status", "cancelling");
        }
    }

    /// Removes the task; one that is pending goes when it ends.
    public void destroy(Row task) {
        if (isFinished(task)) {
            database.delete(task);
        } else {
            destroyedEarly.add(task.ref());
        }
    }

    private boolean isLive(Row task) {
        return database.find("task", task.ref()) != null;
    }

    /// Forgets all tasks: they do not outlive the coordinator's toolstack.
    public void loseAll() {
        database.all("task").forEach(database::delete);
    }
}
