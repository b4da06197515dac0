package io.xenolith.cli.upkeep;

import io.xenolith.cli.ExitCode;
import io.xenolith.cli.Invocation;
import io.xenolith.cli.OpenRepository;
import io.xenolith.cli.Subcommand;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.repository.lock.LockMode;
import io.xenolith.repository.repair.IndexRepair;
import io.xenolith.repository.repair.PackRepair;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The repairs. None deletes a restore point or data.
@Command(
        name = "repair",
        synopsisSubcommandLabel = "index|packs",
        description = "Repairs the index, or marks damaged data so that the next backup stores it again. Never deletes a restore"
                + " point or data.",
        footer = {"", "Examples:", "  xenolith -r /backup repair index", "  xenolith -r /backup repair packs"},
        subcommands = {RepairCommand.Index.class, RepairCommand.Packs.class})
public final class RepairCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "repair of what? Say index or packs");
    }

    /// Makes the index anew.
    @Command(
            name = "index",
            description = "Makes the index anew, out of the index segments or, where those are gone, of the packs alone.")
    public static final class Index extends Subcommand {

        public Index(Invocation run) {
            super(run);
        }

        /// What was done.
        record Result(int packs, long chunks, int segmentsWritten) {
        }

        @Override
        public Integer call() throws IOException, InterruptedException {
            try (var open = run.open(LockMode.EXCLUSIVE, "repair index")) {
                var done = new IndexRepair(open.repository()).repair();
                var result = new Result(done.packs(), done.chunks(), done.segments());
                run.results().show(result, out -> out.println("the index knows %d chunks in %d packs; %d segments were written"
                        .formatted(result.chunks(), result.packs(), result.segmentsWritten())));
                return ExitCode.DONE;
            }
        }
    }

    /// Marks damaged chunks.
    @Command(
            name = "packs",
            description = "Reads all packs and marks what is damaged: it counts as missing from then on, so that the next backup"
                    + " that meets the same content stores it again, which heals all restore points that need it.")
    public static final class Packs extends Subcommand {

        public Packs(Invocation run) {
            super(run);
        }

        /// What was done.
        ///
        /// @param damaged what restore points have lost until a backup brings it back
        record Result(int packs, long marked, List<VerifyCommand.Damaged> damaged) {
        }

        @Override
        public Integer call() throws IOException, InterruptedException {
            try (var open = run.open(LockMode.EXCLUSIVE, "repair packs")) {
                var points = open.repository().catalog().all();
                int unreadable = warnOfUnreadable(points);
                var result = repair(open, points.points());
                show(result);
                return result.damaged().isEmpty() ? unreadable : ExitCode.DAMAGE;
            }
        }

        private Result repair(OpenRepository open, List<RestorePoint> points) throws IOException, InterruptedException {
            try (var progress = run.progress("repair")) {
                int workers = Runtime.getRuntime().availableProcessors();
                var done = new PackRepair(open.repository(), workers, progress).repair(points, Instant.now());
                return new Result(done.packs(), done.marked(),
                        done.damaged().stream().map(VerifyCommand.Damaged::of).toList());
            }
        }

        private void show(Result result) throws IOException {
            run.results().show(result, out -> {
                if (!result.damaged().isEmpty()) {
                    VerifyCommand.table(result.damaged()).print(out);
                }
                out.println("%d packs read, %d damaged chunks marked now".formatted(result.packs(), result.marked()));
                if (!result.damaged().isEmpty()) {
                    out.println("the restore points above stay damaged until a backup brings the same content again");
                }
            });
        }
    }
}
