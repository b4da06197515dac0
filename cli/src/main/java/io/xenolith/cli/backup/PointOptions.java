package io.xenolith.cli.backup;

import io.xenolith.cli.UsageException;
import io.xenolith.engine.point.Level;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/// What the user wants of a restore point whose disks he names himself.
public final class PointOptions {

    @Option(names = "--time", paramLabel = "TIME", description = "When the disks were so, such as 2026-01-31T02:00:00Z, if"
            + " not now.")
    private Optional<Instant> time = Optional.empty();

    @Option(names = "--tag", paramLabel = "TAG", description = "A word to find the restore point by. May be repeated.")
    public List<String> tags = List.of();

    @Option(names = "--exclude-disk", paramLabel = "NAME",
            description = "Leave this disk out, and record that it was. May be repeated.")
    public List<String> excluded = List.of();

    @Option(names = "--level", paramLabel = "full|copy", defaultValue = "full",
            description = "A copy is a full that no later increment is meant to start from. Default: full, or inc where only"
                    + " changes are read")
    public Level level;

    /// To the second, as restore points have it.
    public Optional<Instant> time() {
        return time.map(at -> at.truncatedTo(ChronoUnit.SECONDS));
    }

    /// @throws UsageException if the level is one that is not asked for but follows from what is read
    public void requireSense() {
        if (level != Level.FULL && level != Level.COPY) {
            throw new UsageException("--level: full or copy; an increment is made by --base");
        }
    }
}
