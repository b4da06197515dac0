package io.xenolith.cli.pool;

import io.xenolith.engine.point.RestorePoint;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The latest restore point of each machine.
///
/// @param byUuid of machines whose UUID is known
/// @param byName of those of which nothing but the name is
record LastPoints(Map<String, RestorePoint> byUuid, Map<String, RestorePoint> byName) {

    static LastPoints of(List<RestorePoint> points) {
        var last = new LastPoints(new HashMap<>(), new HashMap<>());
        for (var point : points) {
            var uuid = point.machine().uuid();
            if (uuid.isPresent()) {
                last.byUuid.merge(uuid.get(), point, LastPoints::later);
            } else {
                last.byName.merge(point.vm(), point, LastPoints::later);
            }
        }
        return last;
    }

    private static RestorePoint later(RestorePoint a, RestorePoint b) {
        return a.time().isAfter(b.time()) ? a : b;
    }

    /// That of the machine with this UUID; or, if none is known of it, one of this name that may be any machine's. The point
    /// of another machine that has the same name is never taken.
    Optional<RestorePoint> of(String uuid, String name) {
        return Optional.ofNullable(byUuid.get(uuid)).or(() -> Optional.ofNullable(byName.get(name)));
    }
}
