package io.xenolith.cli.backup;

import io.xenolith.cli.ExitCode;
import io.xenolith.cli.Invocation;
import io.xenolith.cli.Subcommand;
import io.xenolith.cli.pool.PoolSession;
import io.xenolith.engine.point.Consistency;
import io.xenolith.engine.point.Level;
import io.xenolith.engine.point.Machine;
import io.xenolith.repository.lock.LockMode;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Backs up the database of a pool.
@Command(
        name = "pool-db",
        description = "Backs up the database of a pool: all that it knows of its hosts, storage, networks and machines. It holds"
                + " secrets, such as credentials of storage.",
        footer = {
            "",
            "Examples:",
            "  xenolith -r /backup backup pool-db --pool lab",
            "  xenolith -r /backup restore 'lab (pool database)@latest' --output pool.xml",
        })
public final class BackupPoolDbCommand extends Subcommand {

    private static final String FILE = "pool-database.xml";

    @Option(names = "--pool", required = true, paramLabel = "POOL", description = "The pool, as 'pool add' called it.")
    public String poolName;

    @Option(names = "--tag", paramLabel = "TAG", description = "A word to find the restore point by. May be repeated.")
    public List<String> tags = List.of();

    public BackupPoolDbCommand(Invocation run) {
        super(run);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (var open = run.open(LockMode.APPEND, "backup"); var pool = PoolSession.open(run, open, poolName)) {
            var uuid = pool.xapi().pools().only().uuid();
            var machine = new Machine(poolName + " (pool database)", Optional.of(uuid), Optional.of(poolName));
            var plan = new BackupPlan(machine, Optional.empty(), Level.FULL, Consistency.CRASH, Optional.empty(), tags, List.of(),
                    List.of());
            var backup = new Backup(run, open);
            var points = backup.run("backup " + machine.name(), (session, progress) -> {
                try (var download = pool.xapi().exports().poolDatabase(); var whole = new EndsWith(download, "</database>")) {
                    var file = Backup.keep(FILE, whole, session, progress);
                    whole.requireEnd("the pool's database");
                    download.finish();
                    return List.of(new Backup.Ingested(plan, List.of(), List.of(file)));
                }
            });
            backup.show(points);
            return ExitCode.DONE;
        }
    }
}
