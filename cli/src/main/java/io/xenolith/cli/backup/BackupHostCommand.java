package io.xenolith.cli.backup;

import io.xenolith.cli.ExitCode;
import io.xenolith.cli.Invocation;
import io.xenolith.cli.Subcommand;
import io.xenolith.cli.UsageException;
import io.xenolith.cli.pool.PoolSession;
import io.xenolith.engine.point.Consistency;
import io.xenolith.engine.point.Level;
import io.xenolith.engine.point.Machine;
import io.xenolith.repository.lock.LockMode;
import io.xenolith.source.xapi.Xapi;
import io.xenolith.source.xapi.records.Host;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Backs up a host of a pool: its control domain, not its machines.
@Command(
        name = "host",
        description = "Backs up a host of a pool: the files of its control domain, as the host's own backup writes them.",
        footer = {
            "",
            "Examples:",
            "  xenolith -r /backup backup host xen01 --pool lab",
            "  xenolith -r /backup restore 'xen01 (host)@latest' --output xen01.backup",
        })
public final class BackupHostCommand extends Subcommand {

    private static final String FILE = "host-backup";

    @Parameters(paramLabel = "HOST", description = "Its name or UUID.")
    public String hostName;

    @Option(names = "--pool", required = true, paramLabel = "POOL", description = "The pool, as 'pool add' called it.")
    public String poolName;

    @Option(names = "--tag", paramLabel = "TAG", description = "A word to find the restore point by. May be repeated.")
    public List<String> tags = List.of();

    public BackupHostCommand(Invocation run) {
        super(run);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (var open = run.open(LockMode.APPEND, "backup"); var pool = PoolSession.open(run, open, poolName)) {
            var host = host(pool.xapi());
            var machine = new Machine(host.name() + " (host)", Optional.of(host.uuid()), Optional.of(poolName));
            var plan = new BackupPlan(machine, Optional.empty(), Level.FULL, Consistency.CRASH, Optional.empty(), tags, List.of(),
                    List.of());
            var backup = new Backup(run, open);
            var points = backup.run("backup " + machine.name(), (session, progress) -> {
                try (var download = pool.xapi().exports().host(host)) {
                    var file = Backup.keep(FILE, download, session, progress);
                    download.finish();
                    return List.of(new Backup.Ingested(plan, List.of(), List.of(file)));
                }
            });
            backup.show(points);
            return ExitCode.DONE;
        }
    }

    private Host host(Xapi xapi) throws IOException, InterruptedException {
        var all = xapi.hosts().all();
        var found = all.stream().filter(host -> host.name().equals(hostName) || host.uuid().equalsIgnoreCase(hostName)).toList();
        if (found.size() != 1) {
            throw new UsageException("%s host of the pool is called '%s'; there are %s".formatted(found.isEmpty() ? "no"
                    : "more than one", hostName, all.stream().map(Host::name).collect(Collectors.joining(", "))));
        }
        return found.getFirst();
    }
}
