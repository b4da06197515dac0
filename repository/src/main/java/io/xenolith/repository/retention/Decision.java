package io.xenolith.repository.retention;

import io.xenolith.engine.point.RestorePoint;
import java.util.List;

/// What becomes of a restore point.
///
/// @param point   the point
/// @param reasons why it is kept, such as `daily` or `pinned`; empty if nothing keeps it
public record Decision(RestorePoint point, List<String> reasons) {

    public Decision {
        reasons = List.copyOf(reasons);
    }

    /// Whether the point stays: it does if there is any reason for it.
    public boolean keep() {
        return !reasons.isEmpty();
    }
}
