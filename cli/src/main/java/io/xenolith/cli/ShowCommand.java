package io.xenolith.cli;

import io.xenolith.engine.point.RestorePoint;
import io.xenolith.engine.point.SkippedDisk;
import io.xenolith.repository.lock.LockMode;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Shows all that a restore point tells.
@Command(
        name = "show",
        description = "Shows all that a restore point tells.",
        footer = {"", "Examples:", "  xenolith -r /backup show web@latest", "  xenolith -r /backup show 3f9a --json"})
final class ShowCommand extends Subcommand {

    @Parameters(paramLabel = "POINT", description = "An id, a unique beginning of one, NAME@latest or NAME@TIME.")
    String reference;

    ShowCommand(Invocation run) {
        super(run);
    }

    /// All of it.
    record Result(String id, String vm, String time, String level, String consistency, Optional<String> base,
            List<Backup.Disk> disks, List<SkippedDisk> skipped, List<String> tags, boolean pinned, double seconds,
            String program) {

        static Result of(RestorePoint point, boolean pinned) {
            return new Result(point.id(), point.vm(), point.time().toString(), Words.of(point.level()),
                    Words.of(point.consistency()), point.base(), point.disks().stream().map(Backup.Disk::of).toList(),
                    point.skipped(), point.tags(), pinned, point.seconds(), point.program());
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (var open = run.open(LockMode.READ, "show")) {
            var catalog = open.repository().catalog();
            var point = catalog.resolve(reference);
            var result = Result.of(point, catalog.pinned().contains(point.id()));
            run.results().show(result, out -> print(result, out));
            return ExitCode.DONE;
        }
    }

    private static void print(Result point, PrintStream out) {
        out.println("point        " + point.id());
        out.println("machine      " + point.vm());
        out.println("time         " + point.time());
        out.println("level        " + point.level());
        out.println("consistency  " + point.consistency());
        point.base().ifPresent(base -> out.println("base         " + base));
        out.println("tags         " + (point.tags().isEmpty() ? "none" : String.join(", ", point.tags())));
        out.println("pinned       " + (point.pinned() ? "yes" : "no"));
        out.println("took         " + TimeSpan.format(point.seconds()));
        out.println("made by      " + point.program());
        out.println();
        var disks = new Table("DISK", ">SIZE", ">READ", ">NEW", ">STORED", "ROOT");
        point.disks().forEach(disk -> disks.row(disk.name(), ByteSize.format(disk.size()), ByteSize.format(disk.bytesRead()),
                ByteSize.format(disk.bytesNew()), ByteSize.format(disk.bytesStored()), disk.root()));
        disks.print(out);
        point.disks().forEach(disk -> disk.wholeReason().ifPresent(reason ->
                out.println("%s was read as a whole: %s".formatted(disk.name(), reason))));
        point.skipped().forEach(disk -> out.println("%s was left out: %s".formatted(disk.name(), disk.reason())));
    }
}
