package io.xenolith.repository.prune;

import io.xenolith.engine.point.RestorePoint;
import java.util.List;

/// What a pruning is going to do.
///
/// @param removed points that go
/// @param kept    points that stay
/// @param fates   of all packs
public record PrunePlan(List<RestorePoint> removed, List<RestorePoint> kept, List<PackFate> fates) {

    /// Bytes of packs that are deleted, less what is copied out of them.
    public long bytesToFree() {
        long bytes = 0;
        for (var fate : fates) {
            bytes += switch (fate) {
                case PackFate.Keep _ -> 0;
                case PackFate.Rewrite rewrite -> rewrite.pack().length() - rewrite.liveBytes();
                case PackFate.Delete delete -> delete.pack().length();
            };
        }
        return bytes;
    }

    /// Bytes of packs of which something is copied.
    public long bytesToRewrite() {
        return fates.stream().mapToLong(fate -> fate instanceof PackFate.Rewrite rewrite ? rewrite.pack().length() : 0).sum();
    }
}
