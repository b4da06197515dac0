package io.xenolith.cli.pool;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The pools whose machines are backed up.
@Command(
        name = "pool",
        synopsisSubcommandLabel = "add|list|test|remove",
        description = "Manages the pools whose machines are backed up into the repository.",
        footer = {
            "",
            "Examples:",
            "  xenolith -r /backup pool add lab 10.0.0.1 --user backup",
            "  xenolith -r /backup pool test lab",
            "  xenolith -r /backup vm list --pool lab",
        },
        subcommands = {PoolAddCommand.class, PoolListCommand.class, PoolTestCommand.class, PoolRemoveCommand.class})
public final class PoolCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say add, list, test or remove");
    }
}
