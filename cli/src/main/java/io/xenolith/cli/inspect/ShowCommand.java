package io.xenolith.cli.inspect;

import io.xenolith.cli.ByteSize;
import io.xenolith.cli.ExitCode;
import io.xenolith.cli.Invocation;
import io.xenolith.cli.OpenRepository;
import io.xenolith.cli.PointText;
import io.xenolith.cli.Subcommand;
import io.xenolith.cli.Table;
import io.xenolith.cli.TimeSpan;
import io.xenolith.cli.Words;
import io.xenolith.cli.backup.Backup;
import io.xenolith.engine.Progress;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.engine.point.SkippedDisk;
import io.xenolith.repository.lock.LockMode;
import io.xenolith.source.raw.StreamTarget;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Shows all that a restore point tells.
@Command(
        name = "show",
        description = "Shows all that a restore point tells.",
        footer = {"", "Examples:", "  xenolith -r /backup show web@latest", "  xenolith -r /backup show 3f9a --json"})
public final class ShowCommand extends Subcommand {

    @Parameters(paramLabel = "POINT", description = "An id, a unique beginning of one, NAME@latest or NAME@TIME.")
    public String reference;

    @Option(names = "--metadata", description = "Print the files that describe the machine, such as its ova.xml, instead.")
    public boolean metadata;

    public ShowCommand(Invocation run) {
        super(run);
    }

    /// All of it.
    public record Result(String id, String vm, Optional<String> uuid, Optional<String> pool, String time, String level,
            String consistency, Optional<String> base, List<Backup.Disk> disks, List<KeptFile> files,
            List<SkippedDisk> skipped, List<String> notes, List<String> tags, boolean pinned, double seconds,
            String program) {

        static Result of(RestorePoint point, boolean pinned) {
            return new Result(point.id(), point.vm(), point.machine().uuid(), point.machine().pool(),
                    point.time().toString(), Words.of(point.level()), Words.of(point.consistency()), point.base(),
                    point.disks().stream().map(Backup.Disk::of).toList(),
                    point.files().stream().map(file -> new KeptFile(file.name(), file.size())).toList(), point.skipped(),
                    point.notes(), point.tags(), pinned, point.seconds(), point.program());
        }
    }

    /// A file that is kept beside the disks.
    public record KeptFile(String name, long size) {
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (var open = run.open(LockMode.READ, "show")) {
            var catalog = open.repository().catalog();
            var point = catalog.resolve(reference);
            if (metadata) {
                printFiles(open, point);
                return ExitCode.DONE;
            }
            var result = Result.of(point, catalog.pinned().contains(point.id()));
            run.results().show(result, out -> {
                print(result, out);
                PointText.printRemarks(point, out);
            });
            return ExitCode.DONE;
        }
    }

    private void printFiles(OpenRepository open, RestorePoint point) throws IOException, InterruptedException {
        if (point.files().isEmpty()) {
            throw new IOException("the restore point %s has disks only, and nothing that describes the machine"
                    .formatted(point.id()));
        }
        for (var file : point.files()) {
            try (var target = new StreamTarget("standard output", run.surroundings().out())) {
                open.restore(Progress.NONE).restore(file.root(), target);
                target.commit();
            }
        }
    }

    private static void print(Result point, PrintStream out) {
        out.println("point        " + point.id());
        out.println("machine      " + point.vm());
        point.uuid().ifPresent(uuid -> out.println("uuid         " + uuid));
        point.pool().ifPresent(pool -> out.println("pool         " + pool));
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
        point.disks().forEach(disk -> disk.label().ifPresent(label ->
                out.println("%s is called '%s'".formatted(disk.name(), label))));
        point.files().forEach(file ->
                out.println("%s (%s) is kept with it".formatted(file.name(), ByteSize.format(file.size()))));
    }
}
