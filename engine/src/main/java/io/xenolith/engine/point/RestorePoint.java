package io.xenolith.engine.point;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// One recoverable moment of one machine.
///
/// @param id          16 hexadecimal digits, random
/// @param vm          the machine's name
/// @param time        when the disks were as they are in it, to the second
/// @param level       what was read from the source
/// @param consistency the state in which the disks were frozen
/// @param disks       in the order in which they were given; at least one, no two of one name
/// @param skipped     disks that were left out
/// @param tags        words by which the user finds it again
/// @param base        the id of the point that an increment started from
/// @param seconds     how long the backup took
/// @param program     name and version of the program that made it
public record RestorePoint(String id, String vm, Instant time, Level level, Consistency consistency,
        List<PointDisk> disks, List<SkippedDisk> skipped, List<String> tags, Optional<String> base, double seconds,
        String program) {

    public RestorePoint {
        disks = List.copyOf(disks);
        skipped = List.copyOf(skipped);
        tags = List.copyOf(tags);
        if (disks.stream().map(PointDisk::name).distinct().count() != disks.size()) {
            throw new IllegalArgumentException("two disks of one name in the restore point of " + vm);
        }
    }

    /// The disk called `name`, if the point has it.
    public Optional<PointDisk> disk(String name) {
        return disks.stream().filter(disk -> disk.name().equals(name)).findAny();
    }

    /// Bytes of all disks.
    public long size() {
        return disks.stream().mapToLong(PointDisk::size).sum();
    }
}
