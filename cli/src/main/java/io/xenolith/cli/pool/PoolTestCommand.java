package io.xenolith.cli.pool;

import io.xenolith.cli.ExitCode;
import io.xenolith.cli.Invocation;
import io.xenolith.cli.Subcommand;
import io.xenolith.cli.Table;
import io.xenolith.cli.Words;
import io.xenolith.repository.lock.LockMode;
import io.xenolith.source.xapi.PoolCheck;
import io.xenolith.source.xapi.PoolCheck.Ability;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Comparator;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Tells what a pool offers for backups.
@Command(
        name = "test",
        description = "Logs in to a pool and tells what it offers for backups, what is missing, and what to type about that."
                + " Changes nothing there.",
        footer = {"", "Ends with 1 if something prevents backups or restores, and with 0 if they are only slower than need be."})
public final class PoolTestCommand extends Subcommand {

    @Parameters(paramLabel = "NAME", description = "What the pool is called.")
    String name;

    public PoolTestCommand(Invocation run) {
        super(run);
    }

    /// What there is.
    ///
    /// @param usable         whether nothing prevents backups and restores
    /// @param changeTracking whether the licence and a storage allow it
    /// @param nbd            whether a network serves disks by NBD
    record Result(String pool, String poolName, String user, boolean usable, boolean mayBackUp, boolean mayRestore,
            boolean mayTrackChanges, boolean changeTracking, boolean nbd, List<Host> hosts, List<Storage> storages,
            List<Finding> findings) {
    }

    /// A host of the pool.
    record Host(String name, String address, String product, String api, boolean coordinator, boolean enabled) {
    }

    /// A storage repository for disks.
    record Storage(String name, String uuid, String type, boolean attached, boolean tracksChanges) {
    }

    /// Something that is missing.
    ///
    /// @param weight `prevents` or `slows` backups
    record Finding(String weight, String what, String nextStep) {
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        KnownPool pool;
        try (var open = run.open(LockMode.READ, "pool test")) {
            pool = KnownPools.of(open).get(name);
        }
        Result result;
        try (var session = PoolSession.open(run, pool)) {
            result = result(pool, PoolCheck.of(session.xapi()), session.xapi().hosts().all());
        }
        run.results().show(result, out -> print(result, out));
        return result.usable() ? ExitCode.DONE : ExitCode.FAILED;
    }

    private static Result result(KnownPool pool, PoolCheck check, List<io.xenolith.source.xapi.records.Host> hosts) {
        var master = check.coordinator().ref();
        var may = check.abilities();
        return new Result(pool.name(), check.name(), pool.user(), check.isUsable(), may.contains(Ability.BACK_UP),
                may.contains(Ability.RESTORE), may.contains(Ability.TRACK_CHANGES), check.changeTracking(), check.nbd(),
                hosts.stream().map(host -> new Host(host.name(), host.address(), host.product(),
                        host.api().toString(), host.ref().equals(master), host.enabled()))
                        .sorted(Comparator.comparing(Host::name)).toList(),
                check.storages().stream().map(storage -> new Storage(storage.sr().name(), storage.sr().uuid(),
                        storage.sr().type(), storage.attached(), storage.tracksChanges()))
                        .sorted(Comparator.comparing(Storage::name)).toList(),
                check.findings().stream().map(finding -> new Finding(Words.of(finding.weight()), finding.what(),
                        finding.nextStep())).toList());
    }

    private static void print(Result result, PrintStream out) {
        out.println("pool %s (%s), account %s".formatted(result.pool(), result.poolName(), result.user()));
        out.println();
        var hosts = new Table("HOST", "ADDRESS", "PRODUCT", "API", "ROLE", "STATE");
        result.hosts().forEach(host -> hosts.row(host.name(), host.address(), host.product(), host.api(),
                host.coordinator() ? "coordinator" : "member", host.enabled() ? "enabled" : "disabled"));
        hosts.print(out);
        out.println();
        var storages = new Table("STORAGE", "TYPE", "ATTACHED", "TRACKS CHANGES");
        result.storages().forEach(storage -> storages.row(storage.name(), storage.type(), yesNo(storage.attached()),
                yesNo(storage.tracksChanges())));
        storages.print(out);
        out.println();
        out.println("the account may back up: %s, restore: %s, track changed blocks: %s".formatted(yesNo(result.mayBackUp()),
                yesNo(result.mayRestore()), yesNo(result.mayTrackChanges())));
        out.println("changed block tracking: %s, disks by NBD: %s".formatted(yesNo(result.changeTracking()),
                yesNo(result.nbd())));
        result.findings().forEach(finding -> {
            out.println();
            out.println("%s backups: %s".formatted(finding.weight(), finding.what()));
            out.println("  next: " + finding.nextStep());
        });
    }

    private static String yesNo(boolean yes) {
        return yes ? "yes" : "no";
    }
}
