package io.xenolith.cli;

import picocli.CommandLine.Command;
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
