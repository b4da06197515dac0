package io.xenolith.cli.inspect;

import io.xenolith.cli.ByteSize;
import io.xenolith.cli.ExitCode;
import io.xenolith.cli.Invocation;
import io.xenolith.cli.Subcommand;
import io.xenolith.cli.Table;
import io.xenolith.cli.UsageException;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.map.BlockMap;
import io.xenolith.engine.map.MapDiff;
import io.xenolith.engine.point.PointDisk;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.repository.Repository;
import io.xenolith.repository.lock.LockMode;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Tells what differs between two restore points.
@Command(
        name = "diff",
        description = "Tells what differs between two restore points, disk by disk. Exact to the chunk, some 64 KiB.",
        footer = {"", "Examples:", "  xenolith -r /backup diff 3f9a web@latest",
            "  xenolith -r /backup diff 3f9a web@latest --disk xvda --extents"})
public final class DiffCommand extends Subcommand {

    @Parameters(index = "0", paramLabel = "POINT", description = "The earlier restore point.")
    public String before;

    @Parameters(index = "1", paramLabel = "POINT", description = "The later restore point.")
    public String after;

    @Option(names = "--disk", paramLabel = "NAME", description = "Only this disk.")
    public Optional<String> disk = Optional.empty();

    @Option(names = "--extents", description = "List every stretch that differs, as offset and length in bytes.")
    public boolean extents;

    public DiffCommand(Invocation run) {
        super(run);
    }

    /// What differs.
    public record Result(String before, String after, List<Disk> disks) {
    }

    /// What differs on a disk.
    ///
    /// @param sizeBefore in bytes; nothing if the earlier point lacks the disk
    /// @param sizeAfter  in bytes; nothing if the later point lacks the disk
    /// @param changed    the stretches themselves, if they were asked for
    public record Disk(String name, Optional<Long> sizeBefore, Optional<Long> sizeAfter, long extents, long bytes,
            Optional<List<Extent>> changed) {
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (var open = run.open(LockMode.READ, "diff")) {
            var repository = open.repository();
            var earlier = repository.catalog().resolve(before);
            var later = repository.catalog().resolve(after);
            var disks = new ArrayList<Disk>();
            for (var name : names(earlier, later)) {
                disks.add(compare(repository, name, earlier.disk(name), later.disk(name)));
            }
            run.results().show(new Result(earlier.id(), later.id(), disks), out -> print(disks, out));
            return ExitCode.DONE;
        }
    }

    private List<String> names(RestorePoint earlier, RestorePoint later) {
        var names = Stream.of(earlier, later).flatMap(point -> point.disks().stream()).map(PointDisk::name).distinct()
                .filter(name -> disk.isEmpty() || disk.get().equals(name)).toList();
        if (names.isEmpty()) {
            throw new UsageException("--disk %s: neither restore point has such a disk".formatted(disk.orElseThrow()));
        }
        return names;
    }

    private Disk compare(Repository repository, String name, Optional<PointDisk> old, Optional<PointDisk> now)
            throws IOException {
        var found = new Found(extents);
        if (old.isPresent() && now.isPresent()) {
            var chunks = repository.chunks();
            MapDiff.compare(BlockMap.open(chunks, old.get().root()), BlockMap.open(chunks, now.get().root()), found::add);
        }
        return new Disk(name, old.map(PointDisk::size), now.map(PointDisk::size), found.count, found.bytes,
                extents ? Optional.of(found.extents) : Optional.empty());
    }

    private static final class Found {
        private final boolean keep;
        private final List<Extent> extents = new ArrayList<>();
        private long count;
        private long bytes;

        Found(boolean keep) {
            this.keep = keep;
        }

        void add(Extent extent) {
            count++;
            bytes += extent.length();
            if (keep) {
                extents.add(extent);
            }
        }
    }

    private static void print(List<Disk> disks, PrintStream out) {
        var table = new Table("DISK", ">SIZE BEFORE", ">SIZE AFTER", ">EXTENTS", ">DIFFERING");
        disks.forEach(disk -> table.row(disk.name(), disk.sizeBefore().map(ByteSize::format).orElse("not there"),
                disk.sizeAfter().map(ByteSize::format).orElse("not there"), disk.extents(), ByteSize.format(disk.bytes())));
        table.print(out);
        for (var disk : disks) {
            disk.changed().ifPresent(changed -> {
                out.println();
                out.println("# %s: offset length".formatted(disk.name()));
                changed.forEach(extent -> out.println(extent.offset() + " " + extent.length()));
            });
        }
    }
}
