package io.xenolith.source.xapi.task;

import java.io.IOException;

/// A task vanished before its outcome was read: its coordinator restarted, or somebody removed it. Whether it was done
/// is not known.
public final class TaskLostException extends IOException {

    TaskLostException(String what, IOException cause) {
        super(what + ": the pool has forgotten the task, its coordinator may have restarted; look at the pool for what"
                + " was done, then run again", cause);
    }
}
