package io.xenolith.cli.backup;

import io.xenolith.cli.ExitCode;
import io.xenolith.cli.Invocation;
import io.xenolith.cli.Subcommand;
import io.xenolith.cli.UsageException;
import io.xenolith.cli.backup.BackupSources.NamedDisk;
import io.xenolith.engine.backup.DiskInput;
import io.xenolith.engine.backup.DisksIngest;
import io.xenolith.engine.point.Consistency;
import io.xenolith.engine.point.Level;
import io.xenolith.engine.point.Machine;
import io.xenolith.engine.point.PointDisk;
import io.xenolith.engine.point.SkippedDisk;
import io.xenolith.repository.lock.LockMode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Backs up disks that the user names one by one, wherever they are.
public abstract class BackupDisksCommand extends Subcommand {

    @Option(names = "--vm", required = true, paramLabel = "NAME", description = "The machine that the disks belong to.")
    public String vm;

    @Option(names = "--base", paramLabel = "POINT",
            description = "The restore point that --changed, or a differencing image, counts from.")
    public Optional<String> base = Optional.empty();

    @Option(names = "--changed", paramLabel = "[DISK=]FILE",
            description = "What changed on a disk since the base: lines 'offset length' in bytes, or a bitmap in base64 as"
                    + " XAPI returns it. Once for each disk; the name may be left out where there is one disk.")
    public List<String> changed = List.of();

    @Mixin
    public PointOptions wanted = new PointOptions();

    @Option(names = "--dry-run", description = "Say what would be read, and do nothing.")
    public boolean dryRun;

    public BackupDisksCommand(Invocation run) {
        super(run);
    }

    /// The disks as they stand on the command line.
    public abstract List<String> arguments();

    /// Opens them.
    public abstract DiskOpener opener();

    @Override
    public Integer call() throws IOException, InterruptedException {
        requireSense();
        var disks = disks();
        var chosen = disks.stream().filter(disk -> !wanted.excluded.contains(disk.name())).toList();
        var sources = new BackupSources(opener(), chosen, changedFiles(chosen));
        try (var open = run.open(dryRun ? LockMode.READ : LockMode.APPEND, "backup"); sources) {
            var origin = base.isPresent() ? BackupBase.find(open.repository().catalog(), base.get(), vm)
                    : new BackupBase.NotAskedFor();
            var inputs = sources.open(origin);
            if (dryRun) {
                new BackupPreview(run).show(vm, readLevel(), inputs);
                return ExitCode.DONE;
            }
            var plan = new BackupPlan(Machine.named(vm), wanted.time(), readLevel(),
                    Consistency.CRASH, usedBase(inputs, origin), wanted.tags, skipped(), List.of());
            var backup = new Backup(run, open);
            var points = backup.run("backup " + vm, (session, progress) -> {
                var ingest = new DisksIngest(session, Backup.WORKERS, progress, open.random());
                var ingested = explained(ingest.ingest(inputs), inputs).stream().map(sources::identified).toList();
                return List.of(new Backup.Ingested(plan, ingested, List.of()));
            });
            backup.show(points);
        }
        return ExitCode.DONE;
    }

    private static Optional<String> usedBase(List<DiskInput> inputs, BackupBase base) {
        boolean used = inputs.stream()
                .anyMatch(input -> input instanceof DiskInput.Changed || input instanceof DiskInput.Delta);
        return used ? base.id() : Optional.empty();
    }

    /// A pipe has no changes, only a whole; where an increment was asked for, that is worth a word.
    private List<PointDisk> explained(List<PointDisk> disks, List<DiskInput> inputs) {
        var explained = new ArrayList<PointDisk>();
        for (int i = 0; i < disks.size(); i++) {
            boolean unexpected = readLevel() == Level.INC && inputs.get(i) instanceof DiskInput.Stream;
            explained.add(unexpected ? disks.get(i).readWhole("it came through a pipe") : disks.get(i));
        }
        return explained;
    }

    private void requireSense() {
        requireVm(vm);
        wanted.requireSense();
        if (!changed.isEmpty() && base.isEmpty()) {
            throw new UsageException("--changed needs --base: the restore point that the changes are counted from");
        }
        requireMore();
        if (base.isPresent() && wanted.level == Level.COPY) {
            throw new UsageException("--level copy reads everything, so it has no --base");
        }
    }

    /// What a source needs beside.
    public void requireMore() {
    }

    private Level readLevel() {
        return base.isPresent() ? Level.INC : wanted.level;
    }

    private List<NamedDisk> disks() {
        var disks = new ArrayList<NamedDisk>();
        for (var file : arguments()) {
            var argument = DiskArgument.parse(file);
            disks.add(new NamedDisk(argument.name(disks.size()), argument));
        }
        var seen = new HashSet<String>();
        disks.stream().map(NamedDisk::name).filter(name -> !seen.add(name)).findFirst().ifPresent(twice -> {
            throw new UsageException("two disks are called %s; name them, as in xvda=FILE xvdb=FILE".formatted(twice));
        });
        if (disks.stream().filter(disk -> disk.argument().isStandardInput()).count() > 1) {
            throw new UsageException("only one disk can come through standard input");
        }
        wanted.excluded.stream().filter(name -> !seen.contains(name)).findFirst().ifPresent(unknown -> {
            throw new UsageException("--exclude-disk %s: there is no such disk among %s"
                    .formatted(unknown, disks.stream().map(NamedDisk::name).collect(Collectors.joining(", "))));
        });
        if (wanted.excluded.containsAll(seen)) {
            throw new UsageException("all disks are excluded, so there is nothing to back up");
        }
        return disks;
    }

    private List<SkippedDisk> skipped() {
        return wanted.excluded.stream().distinct().map(name -> new SkippedDisk(name, "excluded by --exclude-disk")).toList();
    }

    private Map<String, Path> changedFiles(List<NamedDisk> disks) {
        var byDisk = new LinkedHashMap<String, Path>();
        for (var text : changed) {
            var argument = DiskArgument.parse(text);
            if (argument.disk().isEmpty() && disks.size() > 1) {
                throw new UsageException("--changed %s: of which disk? Write DISK=%s".formatted(text, text));
            }
            var name = argument.disk().orElseGet(() -> disks.getFirst().name());
            var disk = disks.stream().filter(candidate -> candidate.name().equals(name)).findAny()
                    .orElseThrow(() -> new UsageException("--changed %s: no disk called %s is backed up".formatted(text, name)));
            if (disk.argument().isStandardInput()) {
                throw new UsageException("--changed %s: standard input can only be read as a whole".formatted(text));
            }
            if (byDisk.put(name, Path.of(argument.file())) != null) {
                throw new UsageException("--changed is given twice for the disk %s".formatted(name));
            }
        }
        return byDisk;
    }
}
