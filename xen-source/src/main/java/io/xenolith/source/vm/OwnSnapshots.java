package io.xenolith.source.vm;

import io.xenolith.source.xapi.Xapi;
import io.xenolith.source.xapi.error.BusyException;
import io.xenolith.source.xapi.error.GoneException;
import io.xenolith.source.xapi.records.Ref;
import io.xenolith.source.xapi.records.Vbd;
import io.xenolith.source.xapi.records.Vdi;
import io.xenolith.source.xapi.records.Vm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The snapshots that backups made, known by marks in `other_config`, never by their names.
///
/// | key              | value                                                                            |
/// |------------------|----------------------------------------------------------------------------------|
/// | `xenolith`       | `working` while a backup reads it, `base` once it is kept for the next increment |
/// | `xenolith_owner` | the process that works on it: host, process id, when that began                  |
/// | `xenolith_for`   | the repository that it is a base for                                             |
///
/// A `working` snapshot whose process is gone was left by a crash.
final class OwnSnapshots {

    static final String MARK = "xenolith";
    static final String OWNER = "xenolith_owner";
    static final String FOR = "xenolith_for";
    static final String WORKING = "working";
    static final String BASE = "base";

    /// Of a process on another host nobody here knows whether it lives; no backup works on a snapshot for this long.
    private static final Duration FORGOTTEN = Duration.ofHours(48);

    /// A host detaches a disk seconds after an export of it ended.
    private static final int ATTEMPTS = 12;
    private static final Duration WAIT = Duration.ofSeconds(5);

    private final Xapi xapi;
    private final String repository;

    /// @param repository tells its bases from those of others
    OwnSnapshots(Xapi xapi, String repository) {
        this.xapi = xapi;
        this.repository = repository;
    }

    /// Marks a fresh snapshot and its disks.
    void markWorking(Ref<Vm> snapshot) throws IOException, InterruptedException {
        var owner = thisProcess();
        mark(snapshot, WORKING, owner);
    }

    /// Marks a snapshot and its disks as kept.
    void markBase(Ref<Vm> snapshot) throws IOException, InterruptedException {
        mark(snapshot, BASE, thisProcess());
    }

    private void mark(Ref<Vm> snapshot, String role, String owner) throws IOException, InterruptedException {
        xapi.vms().putOtherConfig(snapshot, MARK, role);
        xapi.vms().putOtherConfig(snapshot, OWNER, owner);
        xapi.vms().putOtherConfig(snapshot, FOR, repository);
        for (var disk : disksOf(xapi.vms().get(snapshot))) {
            markDisk(disk.ref(), role, owner);
        }
    }

    private void markDisk(Ref<Vdi> disk, String role, String owner) throws IOException, InterruptedException {
        xapi.vdis().putOtherConfig(disk, MARK, role);
        xapi.vdis().putOtherConfig(disk, OWNER, owner);
        xapi.vdis().putOtherConfig(disk, FOR, repository);
    }

    /// Snapshots of `vm`, and of disks of it, that crashed backups left, and tasks of days ago; removes them.
    ///
    /// @return how many snapshots
    int sweep(Vm vm) throws IOException, InterruptedException {
        xapi.tasks().sweep(Instant.now().minus(FORGOTTEN));
        int swept = 0;
        for (var snapshot : xapi.vms().existing(vm.snapshots())) {
            if (isLeft(snapshot.otherConfig(), snapshot.snapshotTime())) {
                remove(snapshot);
                swept++;
            }
        }
        for (var vbd : xapi.vbds().existing(vm.vbds())) {
            swept += vbd.isDisk() ? sweepDisk(vbd) : 0;
        }
        return swept;
    }

    private int sweepDisk(Vbd vbd) throws IOException, InterruptedException {
        int swept = 0;
        try {
            for (var disk : xapi.vdis().existing(xapi.vdis().get(vbd.vdi()).snapshots())) {
                if (disk.vbds().isEmpty() && isLeft(disk.otherConfig(), disk.snapshotTime())) {
                    destroyDisk(disk.ref());
                    swept++;
                }
            }
        } catch (GoneException e) {
            return swept;
        }
        return swept;
    }

    private static boolean isLeft(Map<String, String> marks, Instant time) {
        return WORKING.equals(marks.get(MARK)) && !isAlive(marks.getOrDefault(OWNER, ""), time);
    }

    private static boolean isAlive(String owner, Instant time) {
        var parts = owner.split(" ");
        if (parts.length != 3 || !parts[0].equals(hostName())) {
            return time.isAfter(Instant.now().minus(FORGOTTEN));
        }
        try {
            var process = ProcessHandle.of(Long.parseLong(parts[1]));
            return process.isPresent() && began(process.get()).equals(parts[2]);
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static String thisProcess() {
        var process = ProcessHandle.current();
        return "%s %d %s".formatted(hostName(), process.pid(), began(process));
    }

    private static String began(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toString).orElse("unknown");
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName().replace(' ', '_');
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }

    /// Removes what earlier backups of `vm` into the same repository left to count from.
    ///
    /// @param kept  the snapshot that stays
    /// @param disks its disks, which stay
    void removeOldBases(Vm vm, Vm kept, List<Vdi> disks) throws IOException, InterruptedException {
        for (var snapshot : xapi.vms().existing(xapi.vms().get(vm.ref()).snapshots())) {
            if (isBase(snapshot.otherConfig()) && !snapshot.uuid().equals(kept.uuid())) {
                remove(snapshot);
            }
        }
        var staying = disks.stream().map(Vdi::uuid).toList();
        for (var vbd : xapi.vbds().existing(vm.vbds())) {
            if (!vbd.isDisk()) {
                continue;
            }
            for (var disk : xapi.vdis().existing(xapi.vdis().get(vbd.vdi()).snapshots())) {
                if (isBase(disk.otherConfig()) && disk.vbds().isEmpty() && !staying.contains(disk.uuid())) {
                    destroyDisk(disk.ref());
                }
            }
        }
    }

    private boolean isBase(Map<String, String> marks) {
        return BASE.equals(marks.get(MARK)) && repository.equals(marks.get(FOR));
    }

    /// The disks of a snapshot, CDs not among them.
    List<Vdi> disksOf(Vm snapshot) throws IOException, InterruptedException {
        var disks = new ArrayList<Ref<Vdi>>();
        for (var vbd : xapi.vbds().existing(snapshot.vbds())) {
            if (vbd.isDisk()) {
                disks.add(vbd.vdi());
            }
        }
        return xapi.vdis().existing(disks).stream().filter(Vdi::isSnapshot).toList();
    }

    /// Removes a snapshot with its disks. One that is gone already is fine.
    void remove(Vm snapshot) throws IOException, InterruptedException {
        var disks = disksOf(snapshot);
        removeMachine(snapshot.ref());
        for (var disk : disks) {
            destroyDisk(disk.ref());
        }
    }

    /// Removes a snapshot, and leaves its disks.
    void removeMachine(Ref<Vm> snapshot) throws IOException, InterruptedException {
        patiently(() -> xapi.vms().destroy(snapshot));
    }

    void destroyDisk(Ref<Vdi> disk) throws IOException, InterruptedException {
        patiently(() -> xapi.vdis().destroy(disk));
    }

    /// Gives up the data of a snapshot's disk; nothing may have it attached any more.
    void dropData(Ref<Vdi> disk) throws IOException, InterruptedException {
        patiently(() -> xapi.vdis().dataDestroy(disk));
    }

    private interface Step {
        void run() throws IOException, InterruptedException;
    }

    private static void patiently(Step step) throws IOException, InterruptedException {
        for (int attempt = 1; true; attempt++) {
            try {
                step.run();
                return;
            } catch (GoneException e) {
                return;
            } catch (BusyException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                Thread.sleep(attempt == 1 ? Duration.ofMillis(500) : WAIT);
            }
        }
    }
}
