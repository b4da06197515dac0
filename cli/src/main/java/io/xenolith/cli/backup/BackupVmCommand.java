package io.xenolith.cli.backup;

import io.xenolith.cli.ExitCode;
import io.xenolith.cli.Failure;
import io.xenolith.cli.Invocation;
import io.xenolith.cli.OpenRepository;
import io.xenolith.cli.Subcommand;
import io.xenolith.cli.Temporary;
import io.xenolith.cli.UsageException;
import io.xenolith.cli.pool.PoolSession;
import io.xenolith.engine.Progress;
import io.xenolith.engine.point.Level;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.repository.lock.LockMode;
import io.xenolith.source.vm.BackupMethod;
import io.xenolith.source.vm.BackupRequest;
import io.xenolith.source.vm.BaseKind;
import io.xenolith.source.vm.NbdDoor;
import io.xenolith.source.vm.VmBackup;
import io.xenolith.source.vm.VmSelection;
import io.xenolith.source.xapi.records.Vm;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Backs up machines of a pool.
@Command(
        name = "vm",
        description = "Backs up machines of a XenServer or XCP-ng pool, running or not.",
        footer = {
            "",
            "Levels: full reads all; inc what changed since the last backup; diff what changed since the last full, as long as"
                    + " no inc came in between, which takes the place of the full in the pool; copy reads all and leaves nothing"
                    + " in the pool. Without one, an increment is made where possible. What is stored is a full restore point in"
                    + " any case.",
            "Methods: cbt reads the blocks that changed-block tracking names, over NBD; raw reads each disk as a stream and"
                    + " changes as a differencing VHD; xva exports the machine as one archive. auto takes the best that the"
                    + " pool offers, and goes on to the next one when it fails. What was done, and why, is in the restore"
                    + " point.",
            "",
            "Examples:",
            "  xenolith -r /backup backup vm web db --pool lab",
            "  xenolith -r /backup backup vm 'app-*' tag:nightly --pool lab --parallel 4 --exclude-disk tag:scratch",
            "  xenolith -r /backup backup vm db --pool lab --level full --pre-command 'systemctl stop db' --post-command"
                    + " 'systemctl start db' --command-host root@db",
        })
public final class BackupVmCommand extends Subcommand {

    @Parameters(arity = "1..*", paramLabel = "VM", description = "A UUID, a name, a pattern with * and ?, or tag:NAME.")
    public List<String> vms = List.of();

    @Option(names = "--pool", required = true, paramLabel = "POOL", description = "The pool, as 'pool add' called it.")
    public String poolName;

    @Option(names = "--template", description = "Look for templates instead of machines.")
    public boolean templates;

    @Option(names = "--method", paramLabel = "auto|cbt|raw|xva", defaultValue = "auto", description = "How to read the disks."
            + " Default: ${DEFAULT-VALUE}")
    public BackupMethod method;

    @Option(names = "--level", paramLabel = "full|inc|diff|copy", description = "What to read. Default: an increment where"
            + " possible, else a full")
    public Optional<Level> level = Optional.empty();

    @Option(names = "--base", paramLabel = "snapshot|cbt-metadata", defaultValue = "snapshot",
            description = "What stays in the pool for the next increment: the snapshot, or only what changed-block tracking"
                    + " needs, which takes no space. Default: ${DEFAULT-VALUE}")
    public String base;

    @Option(names = "--exclude-disk", paramLabel = "DISK", description = "Leave this disk out: a device such as xvdb, a position,"
            + " a label, a UUID, or tag:NAME. May be repeated.")
    public List<String> excluded = List.of();

    @Option(names = "--quiesce", description = "Have the guest come to rest first, where the pool still can; else the snapshot is"
            + " as after a power failure.")
    public boolean quiesce;

    @ArgGroup(validate = false, heading = "%nCommands around the snapshot:%n")
    public HookOptions hooks = new HookOptions();

    @ArgGroup(validate = false, heading = "%nLimits:%n")
    public LimitOptions limits = new LimitOptions();

    @Option(names = "--tag", paramLabel = "TAG", description = "A word to find the restore points by. May be repeated.")
    public List<String> tags = List.of();

    public BackupVmCommand(Invocation run) {
        super(run);
    }

    /// What became of several machines, or of one that failed.
    public record Results(List<Backup.Result> points, List<Failed> failed) {
    }

    /// A machine that was not backed up.
    public record Failed(String vm, String reason) {
    }

    /// One machine's outcome; one of the two is there.
    private record Outcome(Vm vm, Optional<RestorePoint> point, Optional<Throwable> failure) {
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        var request = new BackupRequest(method, level, baseKind(), excluded, quiesce, hooks.before(), hooks.after(),
                limits.connections(), limits.insecureNbd);
        try (var open = run.open(LockMode.APPEND, "backup"); var pool = PoolSession.open(run, open, poolName)) {
            var found = VmSelection.of(pool.xapi(), templates).find(vms);
            var context = new VmBackup.Context(pool.xapi(), open.repository().configuration().id(),
                    new NbdDoor(request.connections(), request.insecureNbd()), Temporary.systemFolder(), request);
            return show(backUp(open, context, found));
        }
    }

    private BaseKind baseKind() {
        return switch (base) {
            case "snapshot" -> BaseKind.SNAPSHOT;
            case "cbt-metadata" -> BaseKind.CBT_METADATA;
            default -> throw new UsageException("--base %s: snapshot or cbt-metadata".formatted(base));
        };
    }

    private List<Outcome> backUp(OpenRepository open, VmBackup.Context context, List<Vm> found)
            throws IOException, InterruptedException {
        if (found.size() == 1) {
            try (var progress = run.progress("backup " + found.getFirst().name())) {
                return List.of(backUp(open, context, found.getFirst(), progress));
            }
        }
        var outcomes = new ArrayList<Outcome>();
        try (var threads = Executors.newFixedThreadPool(Math.min(found.size(), limits.parallel()),
                Thread.ofPlatform().name("backup-vm-", 0).factory())) {
            var turns = new BackupTurns(limits);
            var tasks = found.stream().map(vm -> submit(threads, turns, open, context, vm)).toList();
            try {
                for (var task : tasks) {
                    outcomes.add(task.get());
                }
            } catch (ExecutionException e) {
                throw new IllegalStateException("outcomes hold all failures", e);
            } finally {
                threads.shutdownNow();
            }
        }
        return outcomes;
    }

    private Future<Outcome> submit(ExecutorService threads, BackupTurns turns, OpenRepository open, VmBackup.Context context, Vm vm) {
        Callable<Outcome> task = () -> {
            try (var _ = turns.await(context.xapi(), vm)) {
                run.note("backing up " + vm.name());
                return backUp(open, context, vm, Progress.NONE);
            } catch (IOException e) {
                return new Outcome(vm, Optional.empty(), Optional.of(e));
            }
        };
        return threads.submit(task);
    }

    private Outcome backUp(OpenRepository open, VmBackup.Context context, Vm vm, Progress progress) throws InterruptedException {
        try {
            var history = new PointHistory(open).of(vm.uuid(), context.xapi().pools().only().uuid());
            try (var backup = VmBackup.begin(context, vm, history)) {
                var points = new Backup(run, open).run(progress, (session, shown) -> {
                    var disks = backup.ingest(session, Backup.WORKERS, shown, open.random());
                    var files = Backup.keep(backup.files(), session);
                    var plan = new BackupPlan(backup.machine(), Optional.empty(), backup.level(), backup.consistency(),
                            backup.base(), tags, backup.skipped(), backup.notes());
                    return List.of(new Backup.Ingested(plan, disks, files));
                });
                finish(backup, vm);
                return new Outcome(vm, Optional.of(points.getFirst()), Optional.empty());
            }
        } catch (IOException e) {
            return new Outcome(vm, Optional.empty(), Optional.of(e));
        }
    }

    /// The restore point is good whatever happens now.
    private void finish(VmBackup backup, Vm vm) throws InterruptedException {
        try {
            backup.committed();
        } catch (IOException e) {
            run.warn("%s is backed up, but something may be left of it in the pool: %s".formatted(vm.name(), e.getMessage()));
        }
    }

    private int show(List<Outcome> outcomes) throws IOException {
        var points = outcomes.stream().flatMap(outcome -> outcome.point().stream()).toList();
        var failed = outcomes.stream().filter(outcome -> outcome.failure().isPresent()).map(outcome ->
                new Failed(outcome.vm().name(), Failure.of(outcome.failure().get()).sentence())).toList();
        if (outcomes.size() == 1 && failed.size() == 1 && outcomes.getFirst().failure().get() instanceof IOException only) {
            throw only;
        }
        if (outcomes.size() == 1) {
            Backup.show(run, points);
            return ExitCode.DONE;
        }
        run.results().show(new Results(points.stream().map(Backup.Result::of).toList(), failed), out -> {
            points.forEach(point -> Backup.print(point, out));
            out.println("%d machines backed up, %d failed".formatted(points.size(), failed.size()));
        });
        failed.forEach(failure -> run.warn("%s was not backed up: %s".formatted(failure.vm(), failure.reason())));
        return failed.isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
    }
}
