package io.xenolith.source.vm;

import java.util.Optional;

/// What earlier backups of a machine left to count from.
///
/// @param last     the newest restore point with something in the pool
/// @param lastFull the newest of them that is a full
public record History(Optional<Previous> last, Optional<Previous> lastFull) {

    /// No backup was made before.
    public static final History NONE = new History(Optional.empty(), Optional.empty());
}
