package io.xenolith.cli;

import io.xenolith.engine.point.PointDisk;
import io.xenolith.engine.point.RestorePoint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.stream.Collectors;

/// Parts of restore points as tables show them.
final class PointText {

    private PointText() {
    }

    /// Such as `2026-01-31 02:00:00`, in UTC: what `NAME@TIME` takes.
    static String time(Instant time) {
        return time.toString().replace('T', ' ').replace("Z", "");
    }

    static long bytesStored(RestorePoint point) {
        return point.disks().stream().mapToLong(PointDisk::bytesStored).sum();
    }

    static String diskNames(RestorePoint point) {
        return point.disks().stream().map(PointDisk::name).collect(Collectors.joining(","));
    }

    static String tags(RestorePoint point, boolean pinned) {
        var tags = new ArrayList<>(point.tags());
        if (pinned) {
            tags.add("(pinned)");
        }
        return String.join(",", tags);
    }
}
