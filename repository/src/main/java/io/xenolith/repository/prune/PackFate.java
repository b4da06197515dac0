package io.xenolith.repository.prune;

import io.xenolith.repository.index.PackEntry;
import java.util.BitSet;

/// What pruning does with a pack.
public sealed interface PackFate {

    PackEntry pack();

    /// It stays as it is.
    record Keep(PackEntry pack) implements PackFate {
    }

    /// What is needed of it is copied, then it is deleted.
    ///
    /// @param needed    ordinals of the chunks that are needed
    /// @param liveBytes their share of the pack's length
    record Rewrite(PackEntry pack, BitSet needed, long liveBytes) implements PackFate {
    }

    /// Nothing needs it.
    record Delete(PackEntry pack) implements PackFate {
    }
}
