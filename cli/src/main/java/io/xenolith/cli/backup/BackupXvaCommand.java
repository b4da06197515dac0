package io.xenolith.cli.backup;

import io.xenolith.cli.ExitCode;
import io.xenolith.cli.Invocation;
import io.xenolith.cli.Subcommand;
import io.xenolith.repository.lock.LockMode;
import io.xenolith.source.xva.XvaReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Backs up what an XVA archive holds.
@Command(
        name = "xva",
        description = "Backs up the machine in an XVA archive, plain or compressed: a file, a pipe or standard input.",
        footer = {
            "",
            "The disks become ones like any other: they share what they have in common with backups of any kind. The archive's"
                    + " ova.xml is kept byte for byte. Checksums are compared while reading; if one differs, no restore point is"
                    + " made.",
            "",
            "Examples:",
            "  xenolith -r /backup backup xva web.xva",
            "  ssh pool xe vm-export uuid=… filename= | xenolith -r /backup backup xva -",
        })
public final class BackupXvaCommand extends Subcommand {

    @Parameters(paramLabel = "FILE|-", description = "The archive; '-' is standard input.")
    public String file;

    @Option(names = "--vm", paramLabel = "NAME", description = "What to call the machine, if not as the archive does.")
    public Optional<String> vm = Optional.empty();

    @Mixin
    public PointOptions wanted = new PointOptions();

    public BackupXvaCommand(Invocation run) {
        super(run);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        vm.ifPresent(Subcommand::requireVm);
        wanted.requireSense();
        try (var open = run.open(LockMode.APPEND, "backup"); var xva = XvaReader.open(input(), place())) {
            var backup = new Backup(run, open);
            var archive = new XvaArchive(xva, new XvaArchive.Wishes(vm, wanted.time(), wanted.level, wanted.tags,
                    wanted.excluded));
            var points = backup.run("backup " + archive.title(), archive::ingest);
            backup.show(points);
            return ExitCode.DONE;
        }
    }

    private InputStream input() throws IOException {
        return file.equals("-") ? run.surroundings().in() : Files.newInputStream(Path.of(file));
    }

    private String place() {
        return file.equals("-") ? "standard input" : file;
    }
}
