package io.xenolith.source.xapi.task;

/// Hears how far tasks are. Called by the thread that waits; what it throws ends the waiting and cancels the task.
@FunctionalInterface
public interface TaskListener {
    TaskListener NONE = (_, _) -> { };

    /// @param what the call or the stream, such as `VM.snapshot`
    /// @param share done, 0 to 1; 1 does not mean that it went well
    void progressed(String what, double share);
}
