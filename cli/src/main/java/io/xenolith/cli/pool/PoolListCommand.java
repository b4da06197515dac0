package io.xenolith.cli.pool;

import io.xenolith.cli.ExitCode;
import io.xenolith.cli.Invocation;
import io.xenolith.cli.Subcommand;
import io.xenolith.cli.Table;
import io.xenolith.repository.lock.LockMode;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;

/// Lists the pools.
@Command(name = "list", description = "Lists the pools that the repository remembers, without asking them.")
public final class PoolListCommand extends Subcommand {

    public PoolListCommand(Invocation run) {
        super(run);
    }

    /// What there is.
    record Result(List<KnownPool.Shown> pools) {
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (var open = run.open(LockMode.READ, "pool list")) {
            var pools = KnownPools.of(open).all().stream().map(KnownPool::shown).toList();
            run.results().show(new Result(pools), out -> {
                if (pools.isEmpty()) {
                    out.println("no pools");
                    return;
                }
                var table = new Table("POOL", "HOST", "USER", "PASSWORD", "TRUST", "FINGERPRINT");
                pools.forEach(pool -> table.row(pool.name(), pool.host(), pool.user(), pool.password(), pool.trust(),
                        String.join(",", pool.fingerprints())));
                table.print(out);
            });
            return ExitCode.DONE;
        }
    }
}
