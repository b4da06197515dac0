package io.xenolith.repository.lock;

import java.util.List;

/// Hears what happens while a lock is asked for. Called by the thread that asks; must not throw.
public interface LockListener {

    /// Listens to nothing.
    LockListener SILENT = new LockListener() {};

    /// The wait begins. Called once at most.
    ///
    /// @param holders who is in the way, at least one
    default void waiting(List<LockHolder> holders) {}

    /// A process that died had left its lock, which was removed.
    default void cleared(LockHolder dead) {}
}
