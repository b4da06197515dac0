package io.xenolith.cli.backup;

import io.xenolith.cli.Invocation;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Backs up disk images.
@Command(
        name = "image",
        description = "Backs up disk images, raw, VHD or qcow2: files, block devices, pipes or standard input.",
        footer = {
            "",
            "An increment reads what is listed as changed since the base, and a random sample of the rest to see whether the"
                    + " list is true. Where the base is missing or is no base of the disk, all of it is read. What is stored"
                    + " is a full restore point in any case.",
            "",
            "Examples:",
            "  xenolith -r /backup backup image --vm web web.img",
            "  xenolith -r /backup backup image --vm db xvda=/dev/vg/db-root xvdb=/dev/vg/db-data --tag nightly",
            "  ssh host cat /dev/sdb | xenolith -r /backup backup image --vm old -",
            "  xenolith -r /backup backup image --vm web --base web@latest --changed web.cbt web.img",
            "  xenolith -r /backup backup image --vm web --base web@latest monday-to-tuesday.vhd",
        })
public final class BackupImageCommand extends BackupDisksCommand {

    @Parameters(arity = "1..*", paramLabel = "[DISK=]FILE|-",
            description = "The disks. Without a name the first is called xvda, the second xvdb, and so on. '-' is standard"
                    + " input.")
    public List<String> files = List.of();

    @Option(names = "--format", paramLabel = "auto|raw|vhd|qcow2|qcow2-delta", defaultValue = "auto",
            description = "The format of the images. By default their content tells; a block device is raw then. Say vhd for"
                    + " a fixed VHD through a pipe, and qcow2-delta for a host's export of changes, which looks like a whole"
                    + " image.")
    public String format;

    public BackupImageCommand(Invocation run) {
        super(run);
    }

    @Override
    public List<String> arguments() {
        return files;
    }

    @Override
    public DiskOpener opener() {
        return new ImageFiles(run.surroundings().in(), ImageFiles.Shape.parse(format));
    }
}
