package io.xenolith.cli.restore;

import io.xenolith.cli.ByteSize;
import io.xenolith.cli.ExitCode;
import io.xenolith.cli.Invocation;
import io.xenolith.cli.OpenRepository;
import io.xenolith.cli.Subcommand;
import io.xenolith.cli.Table;
import io.xenolith.cli.TimeSpan;
import io.xenolith.cli.UsageException;
import io.xenolith.engine.point.PointDisk;
import io.xenolith.engine.point.PointPart;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.engine.restore.DiskRestore;
import io.xenolith.engine.restore.RestoredDisk;
import io.xenolith.repository.lock.LockMode;
import io.xenolith.source.qcow2.Qcow2Compression;
import io.xenolith.source.vm.restore.RestoreRequest.Hardware;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Brings the disks of a restore point back.
@Command(
        name = "restore",
        description = "Writes the disks of a restore point to files, a block device or standard output, in any format, or"
                + " restores the machine into a pool.",
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
            "  xenolith -r /backup restore web@latest --format xva --compress zstd --output web.xva",
            "  xenolith -r /backup restore web@latest --format qcow2 --output web.qcow2",
            "  xenolith -r /backup restore web@latest --pool lab --new-name web-test --start",
            "  xenolith -r /backup restore web@latest --pool lab --overwrite --shutdown",
            "  xenolith -r /backup restore web@latest --format vhd --delta-from web@2026-01-31 --output tuesday/",
        })
public final class RestoreCommand extends Subcommand {

    @Parameters(paramLabel = "POINT", description = "An id, a unique beginning of one, NAME@latest or NAME@TIME.")
    public String reference;

    @Option(names = {"-o", "--output"}, paramLabel = "FILE|DIR|-",
            description = "A file or block device for one disk; a directory for one or several, where each becomes NAME.raw"
                    + " or as its format is called; '-' for standard output.")
    public String output;

    @Option(names = "--disk", paramLabel = "NAME", description = "Only this disk. May be repeated.")
    public List<String> names = List.of();

    @Option(names = "--file", paramLabel = "NAME",
            description = "Not the disks, but a file that is kept with them, such as ova.xml. May be repeated.")
    public List<String> files = List.of();

    @Option(names = "--force", description = "Replace files that are there; needed for a block device, too.")
    public boolean force;

    @Option(names = "--update", description = "Bring a file or block device that holds another state of the disk to this one:"
            + " read it, and write only what differs.")
    public boolean update;

    @Option(names = "--around-damage", description = "Restore what can be restored and list what was left out, which reads as"
            + " zeros. The exit code is 3 then.")
    public boolean aroundDamage;

    @Option(names = "--format", paramLabel = "raw|vhd|qcow2|xva", defaultValue = "raw",
            description = "What to write: images of the disks, or the whole machine as an XVA archive.")
    public String format;

    @Option(names = "--delta-from", paramLabel = "POINT",
            description = "Write only what changed since this restore point: a differencing VHD, or a qcow2 image laid over"
                    + " another one.")
    public Optional<String> deltaFrom = Optional.empty();

    @Option(names = "--backing-file", paramLabel = "NAME",
            description = "What an image of changes calls the file that it is laid over; by default, the name that the same"
                    + " disk of the other point is restored to.")
    public Optional<String> backingFile = Optional.empty();

    @Option(names = "--compress", paramLabel = "zstd|gzip|deflate",
            description = "Compress an XVA (zstd or gzip) or a qcow2 image (zstd or deflate).")
    public Optional<String> compression = Optional.empty();

    @ArgGroup(validate = false, heading = "%nFor --format xva, and for a machine without a description:%n")
    public XvaOptions xva = new XvaOptions();

    @ArgGroup(validate = false, heading = "%nInto a pool:%n")
    public PoolRestoreOptions into = new PoolRestoreOptions();

    public RestoreCommand(Invocation run) {
        super(run);
    }

    /// What became of it.
    public record Result(String point, String vm, List<Disk> disks, double seconds) {
    }

    /// What became of a disk, or of a file beside it.
    public record Disk(String name, String output, long size, long bytesWritten, List<Lost> leftOut) {
    }

    /// A part that could not be restored.
    public record Lost(long offset, long length, String reason) {
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        requireSense();
        try (var open = run.open(LockMode.READ, "restore")) {
            long start = System.nanoTime();
            var point = open.repository().catalog().resolve(reference);
            if (into.pool.isPresent()) {
                disks(point); // refuses names that are not there
                var hardware = new Hardware(xva.memoryBytes(), xva.processors(), xva.startedBy());
                new PoolRestore(run, open, point, into).run(into.request(point, names, hardware));
                return ExitCode.DONE;
            }
            var disks = format.equals("xva") ? restoreXva(open, point) : restoreImages(open, point);
            double seconds = (System.nanoTime() - start) / 1_000_000 / 1e3;
            show(new Result(point.id(), point.vm(), disks, seconds));
            return disks.stream().allMatch(disk -> disk.leftOut().isEmpty()) ? ExitCode.DONE : ExitCode.DAMAGE;
        }
    }

    private void requireSense() {
        if (!List.of("raw", "vhd", "qcow2", "xva").contains(format)) {
            throw new UsageException("--format %s: raw, vhd, qcow2 or xva".formatted(format));
        }
        boolean raw = format.equals("raw");
        refuse(output == null && into.pool.isEmpty(), "where to? Give --output or --pool");
        refuse(output != null && into.pool.isPresent(), "--output and --pool: one at a time");
        refuse(into.pool.isEmpty() && into.given(), "what is to happen in a pool needs --pool");
        if (into.pool.isPresent()) {
            refuse(!raw || update || force || aroundDamage || deltaFrom.isPresent() || compression.isPresent()
                    || !files.isEmpty(), "--pool takes no options about files");
            return;
        }
        boolean image = format.equals("vhd") || format.equals("qcow2");
        refuse(update && !raw, "--update compares raw disks; leave --format out");
        refuse(update && output.equals("-"), "--update needs a file or a block device that can be read, not standard output");
        refuse(output.equals("-") && run.options().json, "--json and --output - both want standard output");
        refuse(deltaFrom.isPresent() && !image, "--delta-from needs --format vhd or qcow2");
        refuse(deltaFrom.isPresent() && aroundDamage, "--delta-from and --around-damage: what is damaged cannot be compared");
        refuse(deltaFrom.isPresent() && compression.isPresent(), "--delta-from and --compress: an image of changes is not compressed");
        refuse(backingFile.isPresent() && deltaFrom.isEmpty(), "--backing-file needs --delta-from");
        refuse(compression.isPresent() && (raw || format.equals("vhd")), "--compress needs --format xva or qcow2");
        refuse(!files.isEmpty() && !(raw && names.isEmpty()), "--file goes with neither --disk nor --format");
        refuse(xva.given() && !format.equals("xva"), "what describes a machine needs --format xva");
    }

    private static void refuse(boolean senseless, String why) {
        if (senseless) {
            throw new UsageException(why);
        }
    }

    private List<Disk> restoreXva(OpenRepository open, RestorePoint point) throws IOException, InterruptedException {
        var wanted = disks(point);
        return new XvaRestore(run, open, point, wanted, xva.format(compression), aroundDamage)
                .to(output, force, xva);
    }

    private List<Disk> restoreImages(OpenRepository open, RestorePoint point) throws IOException, InterruptedException {
        var delta = deltaFrom.isEmpty() ? Optional.<DeltaFrom>empty()
                : Optional.of(new DeltaFrom(open.repository().catalog().resolve(deltaFrom.get()), backingFile));
        boolean kept = !files.isEmpty() || point.disks().isEmpty();
        List<? extends PointPart> wanted = kept ? files(point) : disks(point);
        if (output.equals("-") && wanted.size() > 1) {
            throw new UsageException("standard output takes one; choose by --disk or --file: " + wanted.stream()
                    .map(PointPart::name).collect(Collectors.joining(", ")));
        }
        try (var targets = new RestoreTargets(run, output, kept ? new RawImages("", force, update) : images(open, point, delta))) {
            targets.open(wanted);
            return restore(open, point, wanted, targets);
        }
    }

    private ImageMaker images(OpenRepository open, RestorePoint point, Optional<DeltaFrom> delta) {
        return switch (format) {
            case "vhd" -> new VhdImages(run, open, point, delta, force);
            case "qcow2" -> new Qcow2Images(run, open, delta, compression.map(RestoreCommand::qcow2Compression), force);
            default -> new RawImages(".raw", force, update);
        };
    }

    private static Qcow2Compression qcow2Compression(String word) {
        return switch (word) {
            case "zstd" -> Qcow2Compression.ZSTD;
            case "deflate" -> Qcow2Compression.DEFLATE;
            default -> throw new UsageException("--compress %s: a qcow2 image takes zstd or deflate".formatted(word));
        };
    }

    private List<PointDisk> disks(RestorePoint point) {
        requireThere("--disk", names, point, point.disks());
        return point.disks().stream().filter(disk -> names.isEmpty() || names.contains(disk.name())).toList();
    }

    private List<? extends PointPart> files(RestorePoint point) {
        requireThere("--file", files, point, point.files());
        return point.files().stream().filter(file -> files.isEmpty() || files.contains(file.name())).toList();
    }

    private static void requireThere(String option, List<String> names, RestorePoint point, List<? extends PointPart> parts) {
        var there = parts.stream().map(PointPart::name).toList();
        names.stream().filter(name -> !there.contains(name)).findFirst().ifPresent(missing -> {
            throw new UsageException("%s %s: the restore point %s has %s".formatted(option, missing, point.id(),
                    there.isEmpty() ? "none" : String.join(", ", there)));
        });
    }

    private List<Disk> restore(OpenRepository open, RestorePoint point, List<? extends PointPart> wanted,
            RestoreTargets targets) throws IOException, InterruptedException {
        try (var progress = run.progress("restore " + point.vm())) {
            var restore = open.restore(progress);
            var disks = new ArrayList<Disk>();
            for (int i = 0; i < wanted.size(); i++) {
                var target = targets.get(i);
                var restored = write(restore, wanted.get(i), target);
                target.disk().commit();
                disks.add(disk(wanted.get(i).name(), target.place(), restored));
            }
            return disks;
        }
    }

    private RestoredDisk write(DiskRestore restore, PointPart disk, RestoreTargets.Target target)
            throws IOException, InterruptedException {
        return switch (target) {
            case RestoreTargets.Fresh fresh -> aroundDamage ? restore.restoreAroundDamage(disk.root(), fresh.disk())
                    : restore.restore(disk.root(), fresh.disk());
            case RestoreTargets.Older older -> aroundDamage ? restore.updateAroundDamage(disk.root(), older.disk())
                    : restore.update(disk.root(), older.disk());
            case RestoreTargets.Part part -> restore.restoreOnly(disk.root(), part.only(), part.disk());
        };
    }

    public static Disk disk(String name, String place, RestoredDisk restored) {
        var lost = restored.leftOut().stream()
                .map(part -> new Lost(part.extent().offset(), part.extent().length(), part.reason())).toList();
        return new Disk(name, place, restored.size(), restored.bytesWritten(), lost);
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
