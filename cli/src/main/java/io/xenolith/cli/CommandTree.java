package io.xenolith.cli;

import io.xenolith.cli.backup.BackupCommand;
import io.xenolith.cli.backup.BackupHostCommand;
import io.xenolith.cli.backup.BackupImageCommand;
import io.xenolith.cli.backup.BackupImportCommand;
import io.xenolith.cli.backup.BackupNbdCommand;
import io.xenolith.cli.backup.BackupPoolDbCommand;
import io.xenolith.cli.backup.BackupVmCommand;
import io.xenolith.cli.backup.BackupXvaCommand;
import io.xenolith.cli.files.FilesCommand;
import io.xenolith.cli.inspect.DiffCommand;
import io.xenolith.cli.inspect.ListCommand;
import io.xenolith.cli.inspect.ReportCommand;
import io.xenolith.cli.inspect.ShowCommand;
import io.xenolith.cli.pool.PoolCommand;
import io.xenolith.cli.pool.VmCommand;
import io.xenolith.cli.pool.XenSimCommand;
import io.xenolith.cli.restore.RestoreCommand;
import io.xenolith.cli.serve.ServeCommand;
import io.xenolith.cli.trial.BenchCommand;
import io.xenolith.cli.trial.DemoCommand;
import io.xenolith.cli.upkeep.InitCommand;
import io.xenolith.cli.upkeep.KeyCommand;
import io.xenolith.cli.upkeep.PruneCommand;
import io.xenolith.cli.upkeep.RepairCommand;
import io.xenolith.cli.upkeep.VerifyCommand;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IFactory;

/// All commands, in the order of the help. A command line is made of those only that its arguments may mean: picocli reads
/// the annotations of each command that it gets, which takes half a second for all of them.
///
/// @param name  by which it is called
/// @param below its own subcommands
record CommandTree(String name, Class<?> type, List<CommandTree> below) {

    static final CommandTree ROOT = of("xenolith", XenolithCommand.class,
            of("init", InitCommand.class),
            of("backup", BackupCommand.class,
                    of("image", BackupImageCommand.class),
                    of("xva", BackupXvaCommand.class),
                    of("nbd", BackupNbdCommand.class),
                    of("vm", BackupVmCommand.class),
                    of("pool-db", BackupPoolDbCommand.class),
                    of("host", BackupHostCommand.class),
                    of("import", BackupImportCommand.class)),
            of("list", ListCommand.class),
            of("show", ShowCommand.class),
            of("diff", DiffCommand.class),
            of("restore", RestoreCommand.class),
            of("serve", ServeCommand.class),
            of("files", FilesCommand.class),
            of("verify", VerifyCommand.class),
            of("prune", PruneCommand.class),
            of("report", ReportCommand.class),
            of("repair", RepairCommand.class),
            of("key", KeyCommand.class),
            of("pool", PoolCommand.class),
            of("vm", VmCommand.class),
            of("xen-sim", XenSimCommand.class),
            of("bench", BenchCommand.class),
            of("demo", DemoCommand.class),
            of("completion", CompletionCommand.class),
            of("help", HelpCommand.class));

    private static CommandTree of(String name, Class<?> type, CommandTree... below) {
        return new CommandTree(name, type, List.of(below));
    }

    /// The command line of all commands.
    CommandLine whole(IFactory factory) {
        return line(factory, Set.of());
    }

    /// The command line of those commands that `args` name, or more. Where they name none, ask for help, or stand in a file,
    /// it is the whole one.
    CommandLine named(IFactory factory, List<String> args) {
        return args.stream().anyMatch(CommandTree::needsAll) ? whole(factory) : line(factory, Set.copyOf(args));
    }

    private static boolean needsAll(String arg) {
        boolean asksForHelp = arg.equals("help") || arg.startsWith("--help") || arg.matches("-[^-]*h.*");
        return asksForHelp || arg.startsWith("@");
    }

    private CommandLine line(IFactory factory, Set<String> words) {
        var line = new CommandLine(type, factory);
        boolean namesOne = below.stream().anyMatch(command -> words.contains(command.name));
        below.stream().filter(command -> !namesOne || words.contains(command.name))
                .forEach(command -> line.addSubcommand(command.name, command.line(factory, words)));
        return line;
    }
}
