package io.xenolith.cli.backup;

import io.xenolith.cli.ExitCode;
import io.xenolith.cli.Invocation;
import io.xenolith.cli.PointText;
import io.xenolith.cli.Subcommand;
import io.xenolith.cli.Table;
import io.xenolith.cli.UsageException;
import io.xenolith.cli.Words;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.repository.lock.LockMode;
import io.xenolith.repository.point.VmName;
import io.xenolith.source.history.History;
import io.xenolith.source.history.PastBackup;
import io.xenolith.source.vhd.VhdException;
import io.xenolith.source.xva.XvaException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Takes over what other programs backed up.
@Command(
        name = "import",
        description = "Makes restore points of the backups that NAUbackup, 'xe vm-export' and Xen Orchestra left in a"
                + " directory.",
        footer = {
            "",
            "The oldest comes first, and each keeps its date. Nothing in the directory is changed. What was imported before is"
                    + " passed over, so an import that was interrupted is just run again. The exit code is 1 if anything that"
                    + " looks like a backup was not imported; the reasons are listed.",
            "",
            "Examples:",
            "  xenolith -r /backup backup import /mnt/old-share --dry-run",
            "  xenolith -r /backup backup import /mnt/naubackup --time-zone Europe/Vienna",
        })
public final class BackupImportCommand extends Subcommand {

    @Parameters(paramLabel = "DIR", description = "Where the backups are, at any depth. Links below it are not followed.")
    public Path directory;

    @Option(names = "--vm", paramLabel = "NAME", description = "The machine whose VHDs those are that nothing describes."
            + " Default: the names of their folders")
    public Optional<String> vm = Optional.empty();

    @Option(names = "--time-zone", paramLabel = "ZONE", description = "Where the clock hung that NAUbackup named its folders"
            + " after, such as Europe/Vienna or +01:00. Default: the time zone of this system")
    public ZoneId zone = ZoneId.systemDefault();

    @Option(names = "--dry-run", description = "Say what would be imported, and in which order, and do nothing.")
    public boolean dryRun;

    public BackupImportCommand(Invocation run) {
        super(run);
    }

    /// What was found.
    ///
    /// @param backups     in the order in which they are imported
    /// @param notImported what looks like a backup
    public record Result(boolean dryRun, List<Found> backups, List<NotImported> notImported) {
    }

    /// A backup.
    ///
    /// @param state `imported`, `already there`, or, if nothing is to be done, `to import`
    /// @param point the restore point, if there is one
    public record Found(String file, String origin, String vm, String time, String level, List<String> disks, String state,
            Optional<String> point) {

        static Found of(PastBackup past, String state, Optional<RestorePoint> point) {
            return new Found(past.file().toString(), past.origin().words(), past.machine(), past.time().toString(),
                    Words.of(HistoryImport.level(past)), past.content().diskNames(), state, point.map(RestorePoint::id));
        }
    }

    /// What is still on the share only.
    public record NotImported(String file, String reason) {
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        vm.ifPresent(Subcommand::requireVm);
        var history = History.scan(directory, new History.Assumptions(vm, zone));
        var left = new ArrayList<NotImported>();
        history.leftOut().forEach(out -> left.add(new NotImported(out.file().toString(), out.reason())));
        try (var open = run.open(dryRun ? LockMode.READ : LockMode.APPEND, "import")) {
            var importing = new HistoryImport(run, open);
            var found = new ArrayList<Found>();
            for (var past : history.backups()) {
                try {
                    requireName(past.machine());
                    found.add(take(past, importing));
                } catch (UsageException | XvaException | VhdException | ImportedFile.UnreadableException
                        | HistoryImport.ChangedMeanwhileException e) {
                    left.add(new NotImported(past.file().toString(), e.getMessage()));
                }
            }
            show(new Result(dryRun, found, left));
        }
        return left.isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
    }

    private static void requireName(String machine) {
        try {
            VmName.require(machine);
        } catch (IllegalArgumentException e) {
            throw new UsageException("back it up on its own under another name by --vm: " + e.getMessage());
        }
    }

    private Found take(PastBackup past, HistoryImport importing) throws IOException, InterruptedException {
        var there = importing.existing(past);
        if (there.isPresent()) {
            return Found.of(past, "already there", there);
        }
        return dryRun ? Found.of(past, "to import", Optional.empty())
                : Found.of(past, "imported", Optional.of(importing.take(past)));
    }

    private void show(Result result) throws IOException {
        run.results().show(result, out -> print(result, out));
    }

    private static void print(Result result, PrintStream out) {
        if (result.backups().isEmpty() && result.notImported().isEmpty()) {
            out.println("no backups found");
            return;
        }
        if (!result.backups().isEmpty()) {
            var table = new Table("TIME (UTC)", "MACHINE", "LEVEL", "DISKS", "MADE BY", "STATE", "FILE");
            result.backups().forEach(found -> table.row(PointText.time(Instant.parse(found.time())), found.vm(), found.level(),
                    String.join(",", found.disks()), found.origin(), found.state(), found.file()));
            table.print(out);
        }
        if (!result.notImported().isEmpty()) {
            out.println("not imported:");
            result.notImported().forEach(left -> out.println("  %s: %s".formatted(left.file(), left.reason())));
        }
    }
}
