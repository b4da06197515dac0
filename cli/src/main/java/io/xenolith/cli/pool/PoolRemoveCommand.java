package io.xenolith.cli.pool;

import io.xenolith.cli.ExitCode;
import io.xenolith.cli.Invocation;
import io.xenolith.cli.Subcommand;
import io.xenolith.repository.lock.LockMode;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Forgets a pool.
@Command(name = "remove", description = "Forgets a pool. Restore points of its machines stay, and so does what is on the pool.")
public final class PoolRemoveCommand extends Subcommand {

    @Parameters(paramLabel = "NAME", description = "What the pool is called.")
    String name;

    public PoolRemoveCommand(Invocation run) {
        super(run);
    }

    /// What was done.
    record Result(String removed) {
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        // A setting goes as a whole, so nobody has to be kept out.
        try (var open = run.open(LockMode.APPEND, "pool remove")) {
            KnownPools.of(open).remove(name);
            run.results().show(new Result(name), out -> out.println("removed the pool " + name));
            return ExitCode.DONE;
        }
    }
}
