package io.xenolith.repository.prune;

import java.util.List;

/// What a pruning did.
///
/// @param removedPoints  points that went
/// @param keptPoints     points that stayed
/// @param freedBytes     by how much the repository shrank
/// @param rewrittenBytes bytes of packs of which something was copied
/// @param notes          what was left undone and why, as sentences
public record PruneResult(int removedPoints, int keptPoints, long freedBytes, long rewrittenBytes, List<String> notes) {
}
