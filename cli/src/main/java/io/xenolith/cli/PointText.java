package io.xenolith.cli;

import io.xenolith.engine.point.PointDisk;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.repository.point.PointTime;
import java.io.PrintStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.stream.Collectors;

/// Parts of restore points as tables show them.
public final class PointText {

    private PointText() {
    }

    /// Such as `2026-01-31 02:00:00`, in UTC: what `NAME@TIME` takes.
    public static String time(Instant time) {
        var text = time.getNano() == 0 ? PointTime.format(time) : time.toString(); // of a point not yet made, parts of a second
        return text.replace('T', ' ').replace("Z", "");
    }

    public static long bytesStored(RestorePoint point) {
        return point.disks().stream().mapToLong(PointDisk::bytesStored).sum();
    }

    public static String diskNames(RestorePoint point) {
        return point.disks().stream().map(PointDisk::name).collect(Collectors.joining(","));
    }

    /// What is to be said of a point beside the figures of its disks.
    public static void printRemarks(RestorePoint point, PrintStream out) {
        point.disks().forEach(disk -> disk.wholeReason().ifPresent(reason ->
                out.println("%s was read as a whole: %s".formatted(disk.name(), reason))));
        point.skipped().forEach(disk -> out.println("%s was left out: %s".formatted(disk.name(), disk.reason())));
        point.notes().forEach(out::println);
    }

    public static String tags(RestorePoint point, boolean pinned) {
        var tags = new ArrayList<>(point.tags());
        if (pinned) {
            tags.add("(pinned)");
        }
        return String.join(",", tags);
    }
}
