package io.xenolith.source.vm;

import io.xenolith.engine.point.Consistency;
import io.xenolith.engine.point.Level;
import io.xenolith.source.xapi.error.XapiException;
import io.xenolith.source.xapi.records.Pool;
import io.xenolith.source.xapi.records.Ref;
import io.xenolith.source.xapi.records.Vdi;
import io.xenolith.source.xapi.records.Vm;
import java.io.Closeable;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The snapshot that a backup reads. Closing it removes it from the pool, unless it is kept.
///
/// A template takes no snapshots and never runs, so it stands for its own.
final class VmSnapshot implements Closeable {

    private final VmBackup.Context context;
    private final OwnSnapshots own;
    private final Vm vm;
    private final Pool pool;
    private final VmDisks disks;
    private final Consistency consistency;
    private final Vm snapshot;

    /// The disks of the snapshot by those of the machine.
    private final Map<Ref<Vdi>, Vdi> frozen = new HashMap<>();
    private boolean settled;

    private VmSnapshot(VmBackup.Context context, Vm vm, Pool pool, VmDisks disks, Consistency consistency, Vm snapshot)
            throws IOException, InterruptedException {
        this.context = context;
        this.own = new OwnSnapshots(context.xapi(), context.owner());
        this.vm = vm;
        this.pool = pool;
        this.disks = disks;
        this.consistency = consistency;
        this.snapshot = snapshot;
    }

    /// Checks, sweeps, tracks changes where they are to be tracked, and takes the snapshot between the user's commands.
    static VmSnapshot take(VmBackup.Context context, Vm vm, List<String> notes) throws IOException, InterruptedException {
        var pool = context.xapi().pools().only();
        var disks = VmDisks.of(context.xapi(), vm, context.request().excluded());
        if (vm.isTemplate()) {
            return ofTemplate(context, vm, pool, disks);
        }
        new Preflight(context.xapi()).check(vm, disks);
        int swept = new OwnSnapshots(context.xapi(), context.owner()).sweep(vm);
        if (swept > 0) {
            notes.add("%d snapshots that interrupted backups had left were removed.".formatted(swept));
        }
        trackChanges(context, disks, notes);
        var moment = new SnapshotMoment(context.xapi(), context.request(), vm, disks, notes);
        var taken = moment.take("xenolith %s".formatted(Instant.now().truncatedTo(ChronoUnit.SECONDS)));
        VmSnapshot snapshot = null;
        try {
            snapshot = new VmSnapshot(context, vm, pool, disks, taken.consistency(), context.xapi().vms().get(taken.ref()));
            snapshot.begin();
            return snapshot;
        } catch (Throwable e) {
            if (snapshot != null) {
                snapshot.close();
            }
            throw e;
        }
    }

    private static VmSnapshot ofTemplate(VmBackup.Context context, Vm template, Pool pool, VmDisks disks)
            throws IOException, InterruptedException {
        var itself = new VmSnapshot(context, template, pool, disks, Consistency.CRASH, template);
        itself.settled = true; // there is nothing to remove
        disks.wanted().forEach(disk -> itself.frozen.put(disk.vdi().ref(), disk.vdi()));
        return itself;
    }

    /// Whether there is a snapshot that could be kept.
    boolean isKeepable() {
        return !vm.isTemplate();
    }

    /// Before the snapshot: what is to be counted from must be tracked already.
    private static void trackChanges(VmBackup.Context context, VmDisks disks, List<String> notes)
            throws IOException, InterruptedException {
        var request = context.request();
        boolean wanted = request.method() == BackupMethod.CBT || request.method() == BackupMethod.AUTO;
        if (!wanted || request.level().filter(level -> level == Level.COPY).isPresent()) {
            return;
        }
        for (var disk : disks.wanted()) {
            if (!disk.vdi().tracksChanges()) {
                try {
                    context.xapi().vdis().enableChangeTracking(disk.vdi().ref());
                } catch (XapiException e) {
                    notes.add("Changed blocks of %s are not tracked: %s".formatted(disk.name(), e.getMessage()));
                }
            }
        }
    }

    private void begin() throws IOException, InterruptedException {
        own.markWorking(snapshot.ref());
        for (var vdi : own.disksOf(snapshot)) {
            frozen.put(vdi.snapshotOf(), vdi);
        }
        for (var disk : disks.wanted()) {
            if (!frozen.containsKey(disk.vdi().ref())) {
                throw new IOException("the snapshot of '%s' came without the disk %s".formatted(vm.name(), disk.name()));
            }
        }
    }

    /// The frozen disk.
    Vdi of(VmDisk disk) {
        return frozen.get(disk.vdi().ref());
    }

    Ref<Vm> ref() {
        return snapshot.ref();
    }

    String uuid() {
        return snapshot.uuid();
    }

    Vm vm() {
        return vm;
    }

    VmDisks disks() {
        return disks;
    }

    Pool pool() {
        return pool;
    }

    String poolName() {
        return pool.name().isBlank() ? pool.uuid() : pool.name();
    }

    Consistency consistency() {
        return consistency;
    }

    /// Whether a host serves disks of the snapshot by NBD.
    boolean servedByNbd() throws IOException, InterruptedException {
        try {
            return !context.xapi().vdis().nbdInfo(of(disks.wanted().getFirst()).ref()).isEmpty();
        } catch (XapiException e) {
            return false; // a host before 7.3, or one that does not answer now
        }
    }

    /// What describes the machine, as files by name.
    ///
    /// @param notes takes what is missing, and why
    Map<String, byte[]> description(List<String> notes) throws IOException, InterruptedException {
        return MachineFiles.of(context.xapi(), this, notes);
    }

    /// The snapshot itself.
    Vm frozen() {
        return snapshot;
    }

    /// Keeps the snapshot as the base of the next increment, and removes the bases of earlier ones.
    ///
    /// @param metadataOnly whether its data is given up
    void keep(boolean metadataOnly) throws IOException, InterruptedException {
        own.markBase(snapshot.ref());
        settled = true;
        var kept = own.disksOf(snapshot);
        if (metadataOnly) {
            own.removeMachine(snapshot.ref());
            for (var disk : kept) {
                own.dropData(disk.ref());
            }
        }
        own.removeOldBases(vm, snapshot, kept);
    }

    @Override
    public void close() throws IOException {
        if (settled) {
            return;
        }
        settled = true;
        boolean interrupted = Thread.interrupted(); // what is left to do has to be done all the same
        try {
            own.remove(snapshot);
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
