package io.xenolith.cli;

import io.xenolith.cli.backup.BackupCommand;
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
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// The command line as a whole.
@Command(
        name = "xenolith",
        scope = ScopeType.INHERIT,
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        synopsisSubcommandLabel = "COMMAND",
        description = "Backs up disks of XenServer and XCP-ng machines into a deduplicating repository, and brings any"
                + " restore point back.",
        footer = {
            "",
            "A restore POINT is an id, a unique beginning of one, NAME@latest or NAME@TIME.",
            "",
            "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 damage found, 4 repository locked, 130 interrupted.",
            "",
            "Examples:",
            "  xenolith demo",
            "  xenolith -r /backup init",
            "  xenolith -r /backup backup image --vm web web.img",
            "  xenolith -r /backup list",
            "  xenolith -r /backup restore web@latest --output web-restored.img",
        },
        subcommands = {
            InitCommand.class,
            BackupCommand.class,
            ListCommand.class,
            ShowCommand.class,
            DiffCommand.class,
            RestoreCommand.class,
            ServeCommand.class,
            FilesCommand.class,
            VerifyCommand.class,
            PruneCommand.class,
            ReportCommand.class,
            RepairCommand.class,
            KeyCommand.class,
            PoolCommand.class,
            VmCommand.class,
            XenSimCommand.class,
            BenchCommand.class,
            DemoCommand.class,
            CompletionCommand.class,
            HelpCommand.class,
        })
public final class XenolithCommand implements Runnable {

    @Mixin
    private final GlobalOptions options;

    @Spec
    private CommandSpec spec;

    public XenolithCommand(GlobalOptions options) {
        this.options = options;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no command was given");
    }
}
