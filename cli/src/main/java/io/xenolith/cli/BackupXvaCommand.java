package io.xenolith.cli;

import io.xenolith.engine.point.Level;
import io.xenolith.repository.lock.LockMode;
import io.xenolith.source.xva.XvaReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
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
final class BackupXvaCommand extends Subcommand {

    @Parameters(paramLabel = "FILE|-", description = "The archive; '-' is standard input.")
    String file;

    @Option(names = "--vm", paramLabel = "NAME", description = "What to call the machine, if not as the archive does.")
    Optional<String> vm = Optional.empty();

    @Option(names = "--time", paramLabel = "TIME", description = "When the machine was so, such as 2026-01-31T02:00:00Z, if not"
            + " now.")
    Optional<Instant> time = Optional.empty();

    @Option(names = "--tag", paramLabel = "TAG", description = "A word to find the restore point by. May be repeated.")
    List<String> tags = List.of();

    @Option(names = "--exclude-disk", paramLabel = "NAME",
            description = "Leave this disk out, and record that it was. May be repeated.")
    List<String> excluded = List.of();

    @Option(names = "--level", paramLabel = "full|copy", defaultValue = "full",
            description = "A copy is a full that no later increment is meant to start from. Default: full")
    Level level;

    BackupXvaCommand(Invocation run) {
        super(run);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        vm.ifPresent(Subcommand::requireVm);
        if (level != Level.FULL && level != Level.COPY) {
            throw new UsageException("--level: full or copy; an archive holds all of a machine");
        }
        try (var open = run.open(LockMode.APPEND, "backup"); var xva = XvaReader.open(input(), place())) {
            var backup = new Backup(run, open);
            var archive = new XvaArchive(xva, new XvaArchive.Wishes(vm, time.map(at -> at.truncatedTo(ChronoUnit.SECONDS)),
                    level, tags, excluded));
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
