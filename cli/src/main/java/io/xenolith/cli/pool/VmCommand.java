package io.xenolith.cli.pool;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The machines of a pool.
@Command(
        name = "vm",
        synopsisSubcommandLabel = "list",
        description = "Looks at the machines of a pool.",
        subcommands = VmListCommand.class)
public final class VmCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say list");
    }
}
