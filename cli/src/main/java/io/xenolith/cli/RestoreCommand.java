package io.xenolith.cli;

import io.xenolith.engine.point.PointDisk;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.engine.restore.DiskRestore;
import io.xenolith.engine.restore.RestoredDisk;
import io.xenolith.repository.lock.LockMode;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Brings the disks of a restore point back.
@Command(
        name = "restore",
        description = "Writes the disks of a restore point to files, a block device or standard output.",
        footer = {
            "",
            "A file appears under its name when it is complete, and holes stay holes. Nothing is overwritten without --force"
                    + " or --update.",
            "",
            "Examples:",
            "  xenolith -r /backup restore web@latest --output web.img",
            "  xenolith -r /backup restore db@latest --output restored/",
            "  xenolith -r /backup restore db@2026-01-31 --disk xvda --output - | ssh host dd of=/dev/sdb bs=1M",
            "  xenolith -r /backup restore web@latest --output /dev/vg/web --force",
            "  xenolith -r /backup restore web@latest --output web.img --update",
        })
final class RestoreCommand extends Subcommand {

    @Parameters(paramLabel = "POINT", description = "An id, a unique beginning of one, NAME@latest or NAME@TIME.")
    String reference;

    @Option(names = {"-o", "--output"}, required = true, paramLabel = "FILE|DIR|-",
            description = "A file or block device for one disk; a directory for one or several, where each becomes NAME.raw;"
                    + " '-' for standard output.")
    String output;

    @Option(names = "--disk", paramLabel = "NAME", description = "Only this disk. May be repeated.")
    List<String> names = List.of();

    @Option(names = "--force", description = "Replace files that are there; needed for a block device, too.")
    boolean force;

    @Option(names = "--update", description = "Bring a file or block device that holds another state of the disk to this one:"
            + " read it, and write only what differs.")
    boolean update;

    @Option(names = "--around-damage", description = "Restore what can be restored and list what was left out, which reads as"
            + " zeros. The exit code is 3 then.")
    boolean aroundDamage;

    @Option(names = "--format", paramLabel = "raw", defaultValue = "raw", description = "The format to write: raw.")
    String format;

    RestoreCommand(Invocation run) {
        super(run);
    }

    /// What became of it.
    record Result(String point, String vm, List<Disk> disks, double seconds) {
    }

    /// What became of a disk.
    record Disk(String name, String output, long size, long bytesWritten, List<Lost> leftOut) {
    }

    /// A part that could not be restored.
    record Lost(long offset, long length, String reason) {
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        requireSense();
        try (var open = run.open(LockMode.READ, "restore"); var targets = new RestoreTargets(run, output, force, update)) {
            long start = System.nanoTime();
            var point = open.repository().catalog().resolve(reference);
            var wanted = wanted(point);
            targets.open(wanted);
            var disks = restore(open, point, wanted, targets);
            double seconds = (System.nanoTime() - start) / 1_000_000 / 1e3;
            show(new Result(point.id(), point.vm(), disks, seconds));
            return disks.stream().allMatch(disk -> disk.leftOut().isEmpty()) ? ExitCode.DONE : ExitCode.DAMAGE;
        }
    }

    private void requireSense() {
        if (!format.equals("raw")) {
            throw new UsageException("--format %s: this version writes raw images only".formatted(format));
        }
        if (output.equals("-") && update) {
            throw new UsageException("--update needs a file or a block device that can be read, not standard output");
        }
        if (output.equals("-") && run.options().json) {
            throw new UsageException("--json and --output - both want standard output");
        }
    }

    private List<PointDisk> wanted(RestorePoint point) {
        var there = point.disks().stream().map(PointDisk::name).toList();
        names.stream().filter(name -> !there.contains(name)).findFirst().ifPresent(missing -> {
            throw new UsageException("--disk %s: the restore point %s has %s"
                    .formatted(missing, point.id(), String.join(", ", there)));
        });
        var wanted = point.disks().stream().filter(disk -> names.isEmpty() || names.contains(disk.name())).toList();
        if (output.equals("-") && wanted.size() > 1) {
            throw new UsageException("standard output takes one disk; choose by --disk: " + wanted.stream()
                    .map(PointDisk::name).collect(Collectors.joining(", ")));
        }
        return wanted;
    }

    private List<Disk> restore(OpenRepository open, RestorePoint point, List<PointDisk> wanted, RestoreTargets targets)
            throws IOException, InterruptedException {
        try (var progress = run.progress("restore " + point.vm())) {
            var chunks = open.repository().chunks();
            int workers = Runtime.getRuntime().availableProcessors();
            var restore = new DiskRestore(chunks, chunks, open.repository().identity(), workers, progress);
            var disks = new ArrayList<Disk>();
            for (int i = 0; i < wanted.size(); i++) {
                var target = targets.get(i);
                var restored = write(restore, wanted.get(i), target);
                target.disk().commit();
                disks.add(disk(wanted.get(i), target, restored));
            }
            return disks;
        }
    }

    private RestoredDisk write(DiskRestore restore, PointDisk disk, RestoreTargets.Target target)
            throws IOException, InterruptedException {
        return switch (target) {
            case RestoreTargets.Fresh fresh -> aroundDamage ? restore.restoreAroundDamage(disk.root(), fresh.disk())
                    : restore.restore(disk.root(), fresh.disk());
            case RestoreTargets.Older older -> aroundDamage ? restore.updateAroundDamage(disk.root(), older.disk())
                    : restore.update(disk.root(), older.disk());
        };
    }

    private static Disk disk(PointDisk disk, RestoreTargets.Target target, RestoredDisk restored) {
        var lost = restored.leftOut().stream()
                .map(part -> new Lost(part.extent().offset(), part.extent().length(), part.reason())).toList();
        return new Disk(disk.name(), target.place(), restored.size(), restored.bytesWritten(), lost);
    }

    private void show(Result result) throws IOException {
        result.disks().stream().filter(disk -> !disk.leftOut().isEmpty()).forEach(disk -> run.warn(
                "%s was restored around damage: %d stretches read as zeros".formatted(disk.name(), disk.leftOut().size())));
        if (output.equals("-")) {
            result.disks().forEach(disk -> print(disk, run.surroundings().err()));
            return;
        }
        run.results().show(result, out -> {
            var table = new Table("DISK", ">SIZE", ">WRITTEN", "OUTPUT");
            result.disks().forEach(disk -> table.row(disk.name(), ByteSize.format(disk.size()),
                    ByteSize.format(disk.bytesWritten()), disk.output()));
            table.print(out);
            result.disks().forEach(disk -> print(disk, out));
            out.println("restored %s of %s in %s".formatted(result.point(), result.vm(), TimeSpan.format(result.seconds())));
        });
    }

    private static void print(Disk disk, PrintStream out) {
        disk.leftOut().forEach(lost -> out.println("%s: left out %d bytes from byte %d on: %s"
                .formatted(disk.name(), lost.length(), lost.offset(), lost.reason())));
    }
}
