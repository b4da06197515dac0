package io.xenolith.repository.point;

import io.xenolith.engine.point.RestorePoint;
import java.util.Comparator;
import java.util.List;

/// What a look into the catalog found. While something is unreadable, nobody knows what it needs: do not delete data then.
///
/// @param points     sorted by machine, time and id
/// @param unreadable sorted by name; empty unless something is damaged or of a newer version
public record Points(List<RestorePoint> points, List<Unreadable> unreadable) {

    private static final Comparator<RestorePoint> ORDER = Comparator.comparing(RestorePoint::vm)
            .thenComparing(RestorePoint::time).thenComparing(RestorePoint::id);

    public Points {
        points = points.stream().sorted(ORDER).toList();
        unreadable = unreadable.stream().sorted(Comparator.comparing(Unreadable::name)).toList();
    }
}
