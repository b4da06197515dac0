package io.xenolith.cli;

import io.xenolith.engine.backup.DiskInput;
import io.xenolith.engine.backup.DisksIngest;
import io.xenolith.engine.point.Consistency;
import io.xenolith.engine.point.Level;
import io.xenolith.engine.point.PointDisk;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.engine.point.SkippedDisk;
import io.xenolith.repository.CorruptObjectException;
import io.xenolith.repository.point.Catalog;
import io.xenolith.repository.point.NoSuchPointException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The way of all backups, wherever the disks come from: ingest, make durable, record the restore point, show the result.
///
/// @param open locked for appending
record Backup(Invocation run, OpenRepository open, String vm, Level level, List<String> tags, List<SkippedDisk> skipped) {

    private static final Duration SLIGHTLY = Duration.ofSeconds(10);

    /// What became of it.
    record Result(String point, String vm, String level, List<Disk> disks, List<SkippedDisk> skipped, double seconds) {
    }

    /// What became of a disk.
    ///
    /// @param wholeReason why all of it was read although only the changes were asked for
    record Disk(String name, long size, String root, long bytesRead, long bytesNew, long bytesStored,
            Optional<String> wholeReason) {

        static Disk of(PointDisk disk) {
            return new Disk(disk.name(), disk.size(), disk.root().toString(), disk.bytesRead(), disk.bytesNew(),
                    disk.bytesStored(), disk.wholeReason());
        }
    }

    RestorePoint run(List<DiskInput> inputs, BackupBase base) throws IOException, InterruptedException {
        long start = System.nanoTime();
        var catalog = open.repository().catalog();
        var time = time(catalog);
        var disks = explained(ingest(inputs), inputs);
        var usedBase = inputs.stream().anyMatch(DiskInput.Changed.class::isInstance) ? base.id() : Optional.<String>empty();
        double seconds = (System.nanoTime() - start) / 1_000_000 / 1e3;
        var point = new RestorePoint(Catalog.newId(open.random()), vm, time, level, Consistency.CRASH, disks, skipped, tags,
                usedBase, seconds, Version.text());
        catalog.add(point);
        show(point);
        return point;
    }

    /// Now, to the second; but behind the machine's last point, which may be of the same second: `@latest` goes by it.
    private Instant time(Catalog catalog) throws IOException {
        var now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        try {
            var last = catalog.resolve(vm + "@latest").time();
            return last.isBefore(now) || last.isAfter(now.plus(SLIGHTLY)) ? now : last.plusSeconds(1);
        } catch (NoSuchPointException | CorruptObjectException _) {
            return now;
        }
    }

    private List<PointDisk> ingest(List<DiskInput> inputs) throws IOException, InterruptedException {
        try (var session = open.repository().beginBackup(); var progress = run.progress("backup " + vm)) {
            int workers = Runtime.getRuntime().availableProcessors();
            var disks = new DisksIngest(session, workers, progress, open.random()).ingest(inputs);
            session.flush();
            return disks;
        }
    }

    /// A pipe has no changes, only a whole; where an increment was asked for, that is worth a word.
    private List<PointDisk> explained(List<PointDisk> disks, List<DiskInput> inputs) {
        var explained = new ArrayList<PointDisk>();
        for (int i = 0; i < disks.size(); i++) {
            var disk = disks.get(i);
            boolean unexpected = level == Level.INC && inputs.get(i) instanceof DiskInput.Stream;
            explained.add(!unexpected ? disk : new PointDisk(disk.name(), disk.size(), disk.root(), disk.bytesRead(),
                    disk.bytesNew(), disk.bytesStored(), Optional.of("it came through a pipe")));
        }
        return explained;
    }

    private void show(RestorePoint point) throws IOException {
        var disks = point.disks().stream().map(Disk::of).toList();
        var result = new Result(point.id(), vm, Words.of(level), disks, skipped, point.seconds());
        var table = new Table("DISK", ">SIZE", ">READ", ">NEW", ">STORED");
        disks.forEach(disk -> table.row(disk.name(), ByteSize.format(disk.size()), ByteSize.format(disk.bytesRead()),
                ByteSize.format(disk.bytesNew()), ByteSize.format(disk.bytesStored())));
        run.results().show(result, out -> {
            table.print(out);
            disks.forEach(disk -> disk.wholeReason().ifPresent(reason ->
                    out.println("%s was read as a whole: %s".formatted(disk.name(), reason))));
            skipped.forEach(disk -> out.println("%s was left out: %s".formatted(disk.name(), disk.reason())));
            out.println("restore point %s of %s, %s, in %s"
                    .formatted(point.id(), vm, Words.of(level), TimeSpan.format(point.seconds())));
        });
    }
}
