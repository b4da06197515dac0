package io.xenolith.cli.backup;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The backups, one for each kind of source.
@Command(
        name = "backup",
        synopsisSubcommandLabel = "SOURCE",
        description = "Backs up the disks of a machine into a new restore point.",
        footer = {"", "Example:", "  xenolith -r /backup backup image --vm web web.img"})
public final class BackupCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "backup of what? Name a source: image, xva, nbd, vm, pool-db, host or"
                + " import");
    }
}
