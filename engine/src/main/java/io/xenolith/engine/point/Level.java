package io.xenolith.engine.point;

/// What was read from the source for a restore point. What is stored is a full in any case.
public enum Level {
    /// All of every disk.
    FULL,
    /// What changed since the last restore point.
    INC,
    /// What changed since the last full.
    DIFF,
    /// All of every disk, and no later increment starts from it.
    COPY
}
