package io.xenolith.repository.point;

import io.xenolith.engine.point.RestorePoint;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/// The name of the object that holds a restore point: `points/<vm key>/<yyyyMMdd'T'HHmmss'Z'>-<id>`. Names of one machine
/// sort as their times do.
///
/// @param vmKey 32 hexadecimal digits that stand for the machine
/// @param time  the point's
/// @param id    the point's, 16 hexadecimal digits
record PointName(String vmKey, Instant time, String id) {

    static final String FOLDER = "points/";

    private static final Pattern NAME =
            Pattern.compile(FOLDER + "([0-9a-f]{32})/([0-9]{8}T[0-9]{6}Z)-([0-9a-f]{16})");

    static PointName of(String vmKey, RestorePoint point) {
        return new PointName(vmKey, point.time(), point.id());
    }

    /// The folder of a machine's points.
    static String folder(String vmKey) {
        return FOLDER + vmKey + "/";
    }

    /// Reads an object's name; nothing if it is not one of a restore point.
    static Optional<PointName> parse(String object) {
        var parts = NAME.matcher(object);
        if (!parts.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new PointName(parts.group(1), PointTime.parseCompact(parts.group(2)), parts.group(3)));
        } catch (IllegalArgumentException _) {
            return Optional.empty(); // such as the 45th of a month
        }
    }

    /// The object's name.
    String object() {
        return folder(vmKey) + PointTime.compact(time) + "-" + id;
    }
}
