package io.xenolith.cli.inspect;

import io.xenolith.cli.ByteSize;
import io.xenolith.cli.Invocation;
import io.xenolith.cli.PointText;
import io.xenolith.cli.Subcommand;
import io.xenolith.cli.Table;
import io.xenolith.cli.Words;
import io.xenolith.engine.point.PointDisk;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.repository.lock.LockMode;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Lists the restore points.
@Command(
        name = "list",
        description = "Lists the restore points, each machine's oldest first.",
        footer = {"", "Examples:", "  xenolith -r /backup list", "  xenolith -r /backup list --vm web --tag nightly --json"})
public final class ListCommand extends Subcommand {

    @Option(names = "--vm", paramLabel = "NAME", description = "Only those of this machine.")
    public Optional<String> vm = Optional.empty();

    @Option(names = "--tag", paramLabel = "TAG", description = "Only those with this tag.")
    public Optional<String> tag = Optional.empty();

    public ListCommand(Invocation run) {
        super(run);
    }

    /// What there is.
    public record Result(List<Point> points) {
    }

    /// A restore point.
    public record Point(String id, String vm, String time, String level, List<Disk> disks, List<String> tags, boolean pinned) {

        static Point of(RestorePoint point, Set<String> pinned) {
            return new Point(point.id(), point.vm(), point.time().toString(), Words.of(point.level()),
                    point.disks().stream().map(Disk::of).toList(), point.tags(), pinned.contains(point.id()));
        }
    }

    /// A disk of it.
    public record Disk(String name, long size, String root) {

        static Disk of(PointDisk disk) {
            return new Disk(disk.name(), disk.size(), disk.root().toString());
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (var open = run.open(LockMode.READ, "list")) {
            var catalog = open.repository().catalog();
            var found = vm.isPresent() ? catalog.ofVm(requireVm(vm.get())) : catalog.overview(open.random());
            var pinned = catalog.pinned();
            show(found.points().stream().filter(this::isWanted).toList(), pinned);
            return warnOfUnreadable(found);
        }
    }

    private boolean isWanted(RestorePoint point) {
        return tag.isEmpty() || point.tags().contains(tag.get());
    }

    private void show(List<RestorePoint> points, Set<String> pinned) throws IOException {
        run.results().show(() -> new Result(points.stream().map(point -> Point.of(point, pinned)).toList()), out -> {
            if (points.isEmpty()) {
                out.println("no restore points");
                return;
            }
            var table = new Table("POINT", "MACHINE", "TIME (UTC)", "LEVEL", ">SIZE", ">STORED", "DISKS", "TAGS");
            points.forEach(point -> table.row(point.id(), point.vm(), PointText.time(point.time()),
                    Words.of(point.level()), ByteSize.format(point.size()), ByteSize.format(PointText.bytesStored(point)),
                    PointText.diskNames(point), PointText.tags(point, pinned.contains(point.id()))));
            table.print(out);
        });
    }
}
