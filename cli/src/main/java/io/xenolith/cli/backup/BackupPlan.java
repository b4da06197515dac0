package io.xenolith.cli.backup;

import io.xenolith.engine.point.Consistency;
import io.xenolith.engine.point.Level;
import io.xenolith.engine.point.Machine;
import io.xenolith.engine.point.SkippedDisk;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What is known of a restore point before its disks are read.
///
/// @param time    when the disks were as they will be read, to the second; nothing for now
/// @param level   what is read from the source
/// @param consistency the state in which the disks are frozen
/// @param base    the id of the point that an increment starts from
/// @param skipped disks that are left out
/// @param notes   what else is done otherwise than asked, and why
public record BackupPlan(Machine machine, Optional<Instant> time, Level level, Consistency consistency,
        Optional<String> base, List<String> tags, List<SkippedDisk> skipped, List<String> notes) {
}
