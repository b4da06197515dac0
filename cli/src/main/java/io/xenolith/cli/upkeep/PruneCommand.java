package io.xenolith.cli.upkeep;

import io.xenolith.cli.ByteSize;
import io.xenolith.cli.ExitCode;
import io.xenolith.cli.Fraction;
import io.xenolith.cli.Invocation;
import io.xenolith.cli.OpenRepository;
import io.xenolith.cli.Subcommand;
import io.xenolith.cli.Table;
import io.xenolith.cli.UsageException;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.repository.lock.LockMode;
import io.xenolith.repository.point.Catalog;
import io.xenolith.repository.point.Points;
import io.xenolith.repository.prune.PrunePlan;
import io.xenolith.repository.prune.PruneResult;
import io.xenolith.repository.prune.Pruner;
import io.xenolith.repository.retention.Decision;
import io.xenolith.repository.retention.Retention;
import io.xenolith.repository.retention.Within;
import java.io.IOException;
import java.io.PrintStream;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Removes restore points by rules, and frees what none needs.
@Command(
        name = "prune",
        sortOptions = false,
        description = "Removes restore points that no rule keeps, and frees the space that none of the others needs. Without a"
                + " rule it removes no restore point and frees what is left over.",
        footer = {
            "",
            "A restore point stays if any rule keeps it, or if it is pinned. Each rule counts for each machine by itself, and"
                    + " every rule keeps its newest restore point.",
            "",
            "Examples:",
            "  xenolith -r /backup prune --keep-last 3 --keep-daily 14 --keep-monthly 12 --dry-run",
            "  xenolith -r /backup prune --keep-within 30d --vm web",
            "  xenolith -r /backup prune --pin web@2026-01-31",
        })
public final class PruneCommand extends Subcommand {

    @Option(names = "--keep-last", paramLabel = "N", description = "Keep the newest N.")
    public int last;

    @Option(names = "--keep-hourly", paramLabel = "N", description = "Keep the newest of each of the last N hours that have"
            + " any; likewise:")
    public int hourly;

    @Option(names = "--keep-daily", paramLabel = "N")
    public int daily;

    @Option(names = "--keep-weekly", paramLabel = "N")
    public int weekly;

    @Option(names = "--keep-monthly", paramLabel = "N")
    public int monthly;

    @Option(names = "--keep-yearly", paramLabel = "N")
    public int yearly;

    @Option(names = "--keep-within", paramLabel = "TIME", description = "Keep all that are not older than the newest by more"
            + " than this, such as 14d or 1y6m.")
    public Optional<Within> within = Optional.empty();

    @Option(names = "--vm", paramLabel = "NAME", description = "Apply the rules to this machine only.")
    public Optional<String> vm = Optional.empty();

    @Option(names = "--pin", paramLabel = "POINT", description = "First pin this restore point: no rule removes it. May be"
            + " repeated.")
    public List<String> pins = List.of();

    @Option(names = "--unpin", paramLabel = "POINT", description = "First take the pin from this restore point. May be"
            + " repeated.")
    public List<String> unpins = List.of();

    @Option(names = "--live-threshold", paramLabel = "PERCENT", defaultValue = "50%",
            description = "Rewrite packs of which less than this is needed. Default: 50%%")
    public Fraction liveThreshold;

    @Option(names = "--dry-run", description = "Say what would be removed and freed, and do nothing.")
    public boolean dryRun;

    public PruneCommand(Invocation run) {
        super(run);
    }

    /// What was done, or would be.
    public record Result(boolean dryRun, int removedPoints, int keptPoints, long freedBytes, long rewrittenBytes,
            List<Fate> points, List<String> notes) {
    }

    /// What becomes of a restore point.
    public record Fate(String id, String vm, String time, boolean keep, List<String> reasons) {
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        var retention = retention();
        vm.ifPresent(Subcommand::requireVm);
        try (var open = run.open(dryRun ? LockMode.READ : LockMode.EXCLUSIVE, "prune")) {
            var catalog = open.repository().catalog();
            var points = catalog.all();
            if (warnOfUnreadable(points) != ExitCode.DONE) {
                throw new IOException("nothing was removed: nobody knows what the restore points need that cannot be read;"
                        + " bring their files back from a copy of the repository, or delete them if they are to be given up");
            }
            var decisions = decide(points, retention, pinned(catalog));
            var result = prune(open, decisions);
            run.results().show(result, out -> print(result, out));
            return ExitCode.DONE;
        }
    }

    private Retention retention() {
        try {
            return new Retention(last, hourly, daily, weekly, monthly, yearly, within);
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }

    /// The ids of the pinned points, once those of the command line are pinned and unpinned.
    private Set<String> pinned(Catalog catalog) throws IOException {
        var pinned = new HashSet<>(catalog.pinned());
        for (var reference : unpins) {
            var point = catalog.resolve(reference);
            pinned.remove(point.id());
            if (!dryRun) {
                catalog.unpin(point);
            }
        }
        for (var reference : pins) {
            var point = catalog.resolve(reference);
            pinned.add(point.id());
            if (!dryRun) {
                catalog.pin(point);
            }
        }
        return pinned;
    }

    private List<Decision> decide(Points points, Retention retention, Set<String> pinned) {
        var byVm = points.points().stream().collect(Collectors.groupingBy(RestorePoint::vm, TreeMap::new, Collectors.toList()));
        var decisions = new ArrayList<Decision>();
        byVm.forEach((name, ofVm) -> {
            boolean ruled = !retention.isEmpty() && (vm.isEmpty() || vm.get().equals(name));
            decisions.addAll(ruled ? retention.apply(ofVm, pinned, ZoneId.systemDefault())
                    : ofVm.stream().map(point -> new Decision(point, List.of("no rule"))).toList());
        });
        return decisions;
    }

    private static List<RestorePoint> points(List<Decision> decisions, boolean keep) {
        return decisions.stream().filter(decision -> decision.keep() == keep).map(Decision::point).toList();
    }

    private Result prune(OpenRepository open, List<Decision> decisions) throws IOException {
        try (var progress = run.progress("prune")) {
            var pruner = new Pruner(open.repository(), liveThreshold.value(), progress);
            var plan = pruner.plan(points(decisions, false), points(decisions, true));
            return dryRun ? preview(plan, decisions) : result(pruner.prune(plan), decisions);
        }
    }

    private static Result preview(PrunePlan plan, List<Decision> decisions) {
        return new Result(true, plan.removed().size(), plan.kept().size(), plan.bytesToFree(), plan.bytesToRewrite(),
                fates(decisions), List.of());
    }

    private static Result result(PruneResult done, List<Decision> decisions) {
        return new Result(false, done.removedPoints(), done.keptPoints(), done.freedBytes(), done.rewrittenBytes(),
                fates(decisions), done.notes());
    }

    private static List<Fate> fates(List<Decision> decisions) {
        return decisions.stream().map(decision -> new Fate(decision.point().id(), decision.point().vm(),
                decision.point().time().toString(), decision.keep(), decision.reasons())).toList();
    }

    private static void print(Result result, PrintStream out) {
        if (!result.points().isEmpty()) {
            var table = new Table("POINT", "MACHINE", "TIME (UTC)", "FATE", "KEPT BY");
            result.points().forEach(point -> table.row(point.id(), point.vm(), point.time(),
                    point.keep() ? "keep" : "remove", String.join(", ", point.reasons())));
            table.print(out);
        }
        result.notes().forEach(out::println);
        out.println((result.dryRun() ? "would remove %d restore points and keep %d, free about %s and rewrite %s"
                : "removed %d restore points and kept %d, freed %s and rewrote %s").formatted(result.removedPoints(),
                result.keptPoints(), ByteSize.format(result.freedBytes()), ByteSize.format(result.rewrittenBytes())));
    }
}
