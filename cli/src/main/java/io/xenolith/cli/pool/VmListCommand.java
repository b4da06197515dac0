package io.xenolith.cli.pool;

import io.xenolith.cli.ByteSize;
import io.xenolith.cli.Invocation;
import io.xenolith.cli.Subcommand;
import io.xenolith.cli.Table;
import io.xenolith.cli.Words;
import io.xenolith.repository.lock.LockMode;
import io.xenolith.repository.point.Points;
import io.xenolith.source.xapi.records.Ref;
import io.xenolith.source.xapi.records.Vbd;
import io.xenolith.source.xapi.records.Vdi;
import io.xenolith.source.xapi.records.Vm;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Lists the machines of a pool, each with its last restore point.
@Command(
        name = "list",
        description = "Lists the machines of a pool: their disks, whether changed blocks are tracked, and the last restore point"
                + " of each in the repository.",
        footer = {
            "",
            "A restore point belongs to the machine with its UUID. Points of which no UUID is known, such as those of images,"
                    + " belong to the machine with their name.",
        })
public final class VmListCommand extends Subcommand {

    @Option(names = "--pool", paramLabel = "POOL", required = true, description = "What the pool is called.")
    String pool;

    @Option(names = "--templates", description = "List templates that have disks instead.")
    boolean templates;

    public VmListCommand(Invocation run) {
        super(run);
    }

    /// What there is.
    record Result(List<Machine> vms) {
    }

    /// A machine of the pool.
    ///
    /// @param size           bytes of all disks
    /// @param changeTracking `on`, `off`, or `partly` if only some of its disks have it
    /// @param lastPoint      null if there is none
    record Machine(String name, String uuid, String powerState, int disks, long size, String changeTracking,
            List<String> tags, Point lastPoint) {
    }

    /// A restore point.
    record Point(String id, String time) {
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        KnownPool known;
        Points points;
        try (var open = run.open(LockMode.READ, "vm list")) {
            known = KnownPools.of(open).get(pool);
            points = open.repository().catalog().overview(open.random());
        }
        List<Machine> machines;
        try (var session = PoolSession.open(run, known)) {
            machines = machines(session, LastPoints.of(points.points()));
        }
        run.results().show(new Result(machines), out -> {
            if (machines.isEmpty()) {
                out.println(templates ? "no templates with disks" : "no machines");
                return;
            }
            var table = new Table("MACHINE", "UUID", "STATE", ">DISKS", ">SIZE", "CBT", "TAGS", "LAST POINT (UTC)");
            machines.forEach(vm -> table.row(printable(vm.name()), vm.uuid(), vm.powerState(), vm.disks(),
                    ByteSize.format(vm.size()), vm.changeTracking(), printable(String.join(",", vm.tags())),
                    vm.lastPoint() == null ? "none" : vm.lastPoint().time().replace('T', ' ').replace("Z", "")));
            table.print(out);
        });
        return warnOfUnreadable(points);
    }

    private List<Machine> machines(PoolSession session, LastPoints points) throws IOException, InterruptedException {
        var xapi = session.xapi();
        var vms = xapi.vms().all();
        var attached = xapi.vbds().all().stream().filter(Vbd::isDisk).collect(Collectors.groupingBy(Vbd::vm));
        var disks = xapi.vdis().all().stream().collect(Collectors.toMap(Vdi::ref, Function.identity()));
        return vms.stream().filter(this::isWanted)
                .map(vm -> machine(vm, disks(attached.getOrDefault(vm.ref(), List.of()), disks), points))
                .filter(vm -> !templates || vm.disks() > 0)
                .sorted(Comparator.comparing(Machine::name).thenComparing(Machine::uuid)).toList();
    }

    private boolean isWanted(Vm vm) {
        return templates ? vm.isTemplate() && !vm.isSnapshot() && !vm.isControlDomain() : vm.isMachine();
    }

    private static List<Vdi> disks(List<Vbd> attached, Map<Ref<Vdi>, Vdi> disks) {
        return attached.stream().map(vbd -> disks.get(vbd.vdi())).filter(Objects::nonNull).toList();
    }

    private static Machine machine(Vm vm, List<Vdi> disks, LastPoints points) {
        var last = points.of(vm.uuid(), vm.name()).map(point -> new Point(point.id(), point.time().toString()));
        return new Machine(vm.name(), vm.uuid(), Words.of(vm.powerState()), disks.size(),
                disks.stream().mapToLong(Vdi::virtualSize).sum(), tracking(disks), vm.tags(), last.orElse(null));
    }

    private static String tracking(List<Vdi> disks) {
        long tracking = disks.stream().filter(Vdi::tracksChanges).count();
        return tracking == 0 ? "off" : tracking == disks.size() ? "on" : "partly";
    }

    /// Whoever may name a machine in the pool must not write to the terminal of whoever lists them.
    private static String printable(String text) {
        return text.replaceAll("\\p{Cc}", "?");
    }
}
