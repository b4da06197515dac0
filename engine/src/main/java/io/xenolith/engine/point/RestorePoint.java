package io.xenolith.engine.point;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// One recoverable moment of one machine.
///
/// @param id          16 hexadecimal digits, random
/// @param machine     whose moment it is
/// @param time        when the disks were as they are in it, to the second
/// @param level       what was read from the source
/// @param consistency the state in which the disks were frozen
/// @param disks       in the order in which they were given, no two of one name
/// @param files       kept beside the disks, no two of one name; disks and files together are at least one
/// @param skipped     disks that were left out
/// @param notes       what else was done otherwise than asked, and why, as sentences
/// @param tags        words by which the user finds it again
/// @param base        the id of the point that an increment started from
/// @param seconds     how long the backup took
/// @param program     name and version of the program that made it
public record RestorePoint(String id, Machine machine, Instant time, Level level, Consistency consistency,
        List<PointDisk> disks, List<PointFile> files, List<SkippedDisk> skipped, List<String> notes, List<String> tags,
        Optional<String> base, double seconds, String program) {

    public RestorePoint {
        disks = List.copyOf(disks);
        files = List.copyOf(files);
        skipped = List.copyOf(skipped);
        notes = List.copyOf(notes);
        tags = List.copyOf(tags);
        requireDistinct(disks, machine);
        requireDistinct(files, machine);
    }

    private static void requireDistinct(List<? extends PointPart> parts, Machine machine) {
        if (parts.stream().map(PointPart::name).distinct().count() != parts.size()) {
            throw new IllegalArgumentException("two disks or files of one name in the restore point of " + machine.name());
        }
    }

    /// The machine's name.
    public String vm() {
        return machine.name();
    }

    /// The disk called `name`, if the point has it.
    public Optional<PointDisk> disk(String name) {
        return disks.stream().filter(disk -> disk.name().equals(name)).findAny();
    }

    /// The file called `name`, if the point has it.
    public Optional<PointFile> file(String name) {
        return files.stream().filter(file -> file.name().equals(name)).findAny();
    }

    /// Everything of the point that has a block map: disks, then files.
    public List<PointPart> parts() {
        return Stream.<PointPart>concat(disks.stream(), files.stream()).toList();
    }

    /// Bytes of all disks.
    public long size() {
        return disks.stream().mapToLong(PointDisk::size).sum();
    }
}
