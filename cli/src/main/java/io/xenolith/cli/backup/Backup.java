package io.xenolith.cli.backup;

import io.xenolith.cli.ByteSize;
import io.xenolith.cli.Invocation;
import io.xenolith.cli.OpenRepository;
import io.xenolith.cli.PointText;
import io.xenolith.cli.Table;
import io.xenolith.cli.TimeSpan;
import io.xenolith.cli.Version;
import io.xenolith.cli.Words;
import io.xenolith.engine.Progress;
import io.xenolith.engine.backup.DiskIngest;
import io.xenolith.engine.point.PointDisk;
import io.xenolith.engine.point.PointFile;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.engine.point.SkippedDisk;
import io.xenolith.repository.CorruptObjectException;
import io.xenolith.repository.point.Catalog;
import io.xenolith.repository.point.NoSuchPointException;
import io.xenolith.repository.write.BackupSession;
import io.xenolith.source.raw.RawStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The way of all backups, wherever the disks come from: ingest, make durable, record the restore points, show the result.
///
/// @param open locked for appending
public record Backup(Invocation run, OpenRepository open) {

    /// Threads that ingest a disk.
    public static final int WORKERS = Runtime.getRuntime().availableProcessors();

    private static final Duration SLIGHTLY = Duration.ofSeconds(10);

    /// What was ingested of one machine.
    ///
    /// @param plan  what is known of its restore point beside
    /// @param disks those that were ingested, in their order
    /// @param files that are kept beside them
    public record Ingested(BackupPlan plan, List<PointDisk> disks, List<PointFile> files) {
    }

    /// Takes disks into the repository.
    public interface Ingest {
        /// @return the machines that they turned out to belong to
        List<Ingested> into(BackupSession session, Progress progress) throws IOException, InterruptedException;
    }

    /// What became of it.
    public record Result(String point, String vm, String level, String time, List<Disk> disks, List<SkippedDisk> skipped,
            List<String> notes, double seconds) {

        public static Result of(RestorePoint point) {
            return new Result(point.id(), point.vm(), Words.of(point.level()), point.time().toString(),
                    point.disks().stream().map(Disk::of).toList(), point.skipped(), point.notes(), point.seconds());
        }
    }

    /// What became of a disk.
    ///
    /// @param wholeReason why all of it was read although only the changes were asked for
    public record Disk(String name, long size, String root, long bytesRead, long bytesNew, long bytesStored,
            Optional<String> wholeReason, Optional<String> label) {

        public static Disk of(PointDisk disk) {
            return new Disk(disk.name(), disk.size(), disk.root().toString(), disk.bytesRead(), disk.bytesNew(),
                    disk.bytesStored(), disk.wholeReason(), disk.label());
        }
    }

    /// Runs the whole way.
    ///
    /// @param what for people who watch, such as `backup web`
    /// @return the restore points, one for each machine
    public List<RestorePoint> run(String what, Ingest ingest) throws IOException, InterruptedException {
        long start = System.nanoTime();
        try (var progress = run.progress(what)) {
            return run(progress, ingest, start);
        }
    }

    /// As [#run(String, Ingest)], with somebody else to watch.
    public List<RestorePoint> run(Progress progress, Ingest ingest) throws IOException, InterruptedException {
        return run(progress, ingest, System.nanoTime());
    }

    private List<RestorePoint> run(Progress progress, Ingest ingest, long start) throws IOException, InterruptedException {
        List<Ingested> machines;
        try (var session = open.repository().beginBackup()) {
            machines = ingest.into(session, progress);
            session.flush();
        }
        double seconds = (System.nanoTime() - start) / 1_000_000 / 1e3;
        var points = new ArrayList<RestorePoint>();
        for (var machine : machines) {
            points.add(commit(machine, seconds));
        }
        return points;
    }

    /// Takes files into the repository, by their names.
    public static List<PointFile> keep(Map<String, byte[]> files, BackupSession session) throws IOException, InterruptedException {
        var kept = new ArrayList<PointFile>();
        for (var file : files.entrySet()) {
            kept.add(keep(file.getKey(), new ByteArrayInputStream(file.getValue()), session, Progress.NONE));
        }
        return kept;
    }

    /// Takes a file into the repository.
    ///
    /// @param content to its end; not closed
    public static PointFile keep(String name, InputStream content, BackupSession session, Progress progress)
            throws IOException, InterruptedException {
        var ingested = new DiskIngest(session, 1, progress).stream(new RawStream(content));
        return new PointFile(name, ingested.size(), ingested.root());
    }

    private RestorePoint commit(Ingested ingested, double seconds) throws IOException {
        var catalog = open.repository().catalog();
        var plan = ingested.plan();
        var time = plan.time().isPresent() ? plan.time().get() : now(catalog, plan.machine().name());
        var point = new RestorePoint(Catalog.newId(open.random()), plan.machine(), time, plan.level(), plan.consistency(),
                ingested.disks(), ingested.files(), plan.skipped(), plan.notes(), plan.tags(), plan.base(), seconds, Version.text());
        catalog.add(point);
        return point;
    }

    /// Now, to the second; but behind the machine's last point, which may be of the same second: `@latest` goes by it.
    private static Instant now(Catalog catalog, String vm) throws IOException {
        var now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        try {
            var last = catalog.resolve(vm + "@latest").time();
            return last.isBefore(now) || last.isAfter(now.plus(SLIGHTLY)) ? now : last.plusSeconds(1);
        } catch (NoSuchPointException | CorruptObjectException _) {
            return now;
        }
    }

    /// Several machines at once.
    public record Results(List<Result> points) {
    }

    /// Shows what became of it: one machine as [Result], several as [Results].
    public void show(List<RestorePoint> points) throws IOException {
        show(run, points);
    }

    public static void show(Invocation run, List<RestorePoint> points) throws IOException {
        var results = points.stream().map(Result::of).toList();
        run.results().show(results.size() == 1 ? results.getFirst() : new Results(results), out ->
                points.forEach(point -> print(point, out)));
    }

    /// Writes one restore point for people.
    public static void print(RestorePoint point, PrintStream out) {
        var table = new Table("DISK", ">SIZE", ">READ", ">NEW", ">STORED");
        point.disks().forEach(disk -> table.row(disk.name(), ByteSize.format(disk.size()),
                ByteSize.format(disk.bytesRead()), ByteSize.format(disk.bytesNew()), ByteSize.format(disk.bytesStored())));
        table.print(out);
        PointText.printRemarks(point, out);
        out.println("restore point %s of %s, %s, in %s"
                .formatted(point.id(), point.vm(), Words.of(point.level()), TimeSpan.format(point.seconds())));
    }
}
