package io.xenolith.repository.lock;

/// What a holder means to do with the repository.
public enum LockMode {
    /// Looks only: list, show, verify, restore, report.
    READ,

    /// Adds, and changes nothing that is there: backup.
    APPEND,

    /// Deletes or replaces: prune, repair.
    EXCLUSIVE;

    /// Whether two holders get in each other's way.
    public boolean conflictsWith(LockMode other) {
        return this == EXCLUSIVE || other == EXCLUSIVE;
    }
}
