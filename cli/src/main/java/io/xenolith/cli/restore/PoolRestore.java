package io.xenolith.cli.restore;

import io.xenolith.cli.ByteSize;
import io.xenolith.cli.Invocation;
import io.xenolith.cli.OpenRepository;
import io.xenolith.cli.Table;
import io.xenolith.cli.TimeSpan;
import io.xenolith.cli.backup.PointHistory;
import io.xenolith.cli.pool.PoolSession;
import io.xenolith.engine.Progress;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.source.vm.Previous;
import io.xenolith.source.vm.restore.Base;
import io.xenolith.source.vm.restore.RestoreRefusedException;
import io.xenolith.source.vm.restore.RestoreRequest;
import io.xenolith.source.vm.restore.RestoreResult;
import io.xenolith.source.vm.restore.VmRestore;
import io.xenolith.source.xapi.Xapi;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Restores a machine into a pool.
public record PoolRestore(Invocation run, OpenRepository open, RestorePoint point, PoolRestoreOptions options) {

    private static final int BLOCK_BYTES = 64 << 10;

    /// What became of it.
    public record Result(String point, Optional<Vm> vm, List<Disk> disks, long bytesSent, double seconds, List<String> notes) {

        static Result of(RestorePoint point, RestoreResult result) {
            return new Result(point.id(), result.vm().map(vm -> new Vm(vm.uuid(), vm.name())),
                    result.disks().stream().map(disk -> new Disk(disk.name(), disk.uuid())).toList(), result.bytesSent(),
                    result.duration().toMillis() / 1e3, result.notes());
        }
    }

    /// The machine in the pool.
    public record Vm(String uuid, String name) {
    }

    /// A disk in the pool.
    public record Disk(String name, String uuid) {
    }

    /// @param request what was asked for
    public void run(RestoreRequest request) throws IOException, InterruptedException {
        try (var pool = PoolSession.open(run, open, options.pool.orElseThrow());
                var progress = run.progress("restore " + point.vm())) {
            var asked = options.differential ? request.over(bases(pool.xapi())) : request;
            show(Result.of(point, restore(pool.xapi(), progress, asked)));
        }
    }

    private RestoreResult restore(Xapi xapi, Progress progress, RestoreRequest asked) throws IOException, InterruptedException {
        try {
            return new VmRestore(xapi, progress).restore(PointVm.of(open, point), asked);
        } catch (RestoreRefusedException e) {
            throw new IOException(e.getMessage() + "; --new-name, --overwrite, --sr, --map-sr, --map-network and"
                    + " --leave-out-networks tell how it is to be done", e);
        }
    }

    /// The snapshots that backups left in the pool, and what differs from them.
    private Map<String, Base> bases(Xapi xapi) throws IOException, InterruptedException {
        var bases = new HashMap<String, Base>();
        var previous = point.machine().uuid().isEmpty() ? Optional.<Previous>empty()
                : new PointHistory(open).of(point.machine().uuid().get(), xapi.pools().only().uuid()).last();
        if (previous.isEmpty()) {
            return bases;
        }
        for (var disk : point.disks()) {
            var kept = previous.get().base().disk(disk.name());
            var old = previous.get().point().disk(disk.name());
            if (kept.isPresent() && kept.get().data() && old.isPresent() && old.get().size() == disk.size()) {
                var differs = open.disk(disk).blocksChangedSince(open.disk(old.get()), BLOCK_BYTES);
                bases.put(disk.name(), new Base(kept.get().snapshot(), differs));
            }
        }
        return bases;
    }

    private void show(Result result) throws IOException {
        run.results().show(result, out -> {
            var table = new Table("DISK", "UUID IN THE POOL");
            result.disks().forEach(disk -> table.row(disk.name(), disk.uuid()));
            table.print(out);
            result.notes().forEach(out::println);
            result.vm().ifPresent(vm -> out.println("machine '%s', %s".formatted(vm.name(), vm.uuid())));
            out.println("restored %s of %s in %s, %s sent".formatted(result.point(), point.vm(),
                    TimeSpan.format(result.seconds()), ByteSize.format(result.bytesSent())));
        });
    }
}
