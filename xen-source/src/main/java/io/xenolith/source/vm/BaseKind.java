package io.xenolith.source.vm;

/// What stays in the pool for the next increment.
public enum BaseKind {
    /// The snapshot with its data: any method can count from it.
    SNAPSHOT,
    /// Only what is needed to tell which blocks changed since: takes no space, and serves changed-block tracking alone.
    CBT_METADATA
}
