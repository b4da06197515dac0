package io.xenolith.source.vm.restore;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Progress;
import io.xenolith.sim.SimulatedPool;
import io.xenolith.sim.SimulatedVm;
import io.xenolith.sim.XenVersion;
import io.xenolith.source.xapi.Credentials;
import io.xenolith.source.xapi.Xapi;
import io.xenolith.source.xapi.http.Fingerprint;
import io.xenolith.source.xapi.http.HostAddress;
import io.xenolith.source.xapi.http.Timeouts;
import io.xenolith.source.xapi.http.Trust;
import io.xenolith.source.xapi.records.Ref;
import io.xenolith.source.xapi.records.Vbd;
import io.xenolith.source.xapi.records.Vdi;
import io.xenolith.source.xapi.records.Vif;
import io.xenolith.source.xapi.records.Vm;
import io.xenolith.source.xapi.task.TaskListener;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/// A pool with a session for one test, and what a restore may not leave in it.
abstract class RestoreTest {
    static final int MIB = 1 << 20;
    private static final Timeouts TIMEOUTS = new Timeouts(Duration.ofSeconds(20), Duration.ofSeconds(20),
            Duration.ofSeconds(20), Duration.ofSeconds(30), Duration.ofSeconds(60));

    @TempDir
    Path directory;

    final Random random = new Random(7);
    SimulatedPool pool;
    Xapi xapi;
    VmRestore restore;

    /// Disks that a test leaves on purpose.
    int disksWithoutVm;

    void start(XenVersion version) throws IOException, InterruptedException {
        pool = SimulatedPool.builder().version(version).directory(directory).unplugMillis(20).start();
        xapi = Xapi.login(HostAddress.parse(pool.url().toString()), Trust.pinned(Fingerprint.parse(pool.fingerprint())),
                new Credentials(pool.user(), pool.password().toCharArray()), TIMEOUTS, TaskListener.NONE);
        restore = new VmRestore(xapi, Progress.NONE);
    }

    @AfterEach
    void nothingIsLeftBehind() throws IOException, InterruptedException {
        if (pool == null) {
            return;
        }
        try (var ended = pool) {
            for (var vm : xapi.vms().all()) {
                assertTrue(!vm.otherConfig().containsKey(Mark.KEY) && !vm.name().contains("being "), vm.name());
            }
            xapi.close();
            for (int i = 0; i < 200 && !ended.leftovers().controlDomainVbds().isEmpty(); i++) {
                Thread.sleep(10); // a host detaches a disk some time after the stream
            }
            var left = ended.leftovers();
            assertEquals(disksWithoutVm, left.orphanVdis().size(), "disks without a VM");
            assertEquals(List.of(), left.snapshots(), "snapshots");
            assertEquals(List.of(), left.controlDomainVbds(), "disks attached to the control domain");
            assertEquals(List.of(), left.tasks(), "tasks");
            assertEquals(List.of(), left.sessions(), "sessions");
        }
    }

    /// A halted VM with disks of some MiB that hold something.
    SimulatedVm guest(String name, int... mib) throws IOException {
        var vm = pool.addVm(name, Arrays.stream(mib).mapToLong(size -> (long) size * MIB).toArray());
        for (var disk : vm.disks()) {
            fill(disk.uuid());
        }
        return vm;
    }

    /// Writes something else to a few places of a disk.
    void fill(String vdi) throws IOException {
        var disk = pool.disk(vdi);
        for (long at = 0; at < disk.size(); at += MIB) {
            if (random.nextBoolean()) {
                var bytes = new byte[70_000];
                random.nextBytes(bytes);
                disk.write(at, bytes);
            }
        }
    }

    MemoryVm backup(SimulatedVm vm) throws IOException, InterruptedException {
        return MemoryVm.of(xapi, vm.uuid(), this::content);
    }

    byte[] content(String vdi) throws IOException {
        return pool.disk(vdi).read(0, (int) pool.disk(vdi).size());
    }

    void remove(SimulatedVm vm) throws IOException, InterruptedException {
        var disks = vm.disks();
        xapi.vms().destroy(xapi.vms().byUuid(vm.uuid()).ref());
        for (var disk : disks) {
            xapi.vdis().destroy(xapi.vdis().byUuid(disk.uuid()).ref());
        }
    }

    void removeSnapshot(Ref<Vm> snapshot) throws IOException, InterruptedException {
        var disks = drives(xapi.vms().get(snapshot)).stream().filter(Vbd::isDisk).map(Vbd::vdi).toList();
        xapi.vms().destroy(snapshot);
        for (var disk : disks) {
            xapi.vdis().destroy(disk);
        }
    }

    Vm vm(RestoreResult result) throws IOException, InterruptedException {
        return xapi.vms().get(result.vm().orElseThrow().ref());
    }

    List<Vbd> drives(Vm vm) throws IOException, InterruptedException {
        return xapi.vbds().existing(vm.vbds()).stream()
                .sorted(Comparator.comparing(vbd -> Integer.parseInt(vbd.userDevice()))).toList();
    }

    List<Vif> cards(Vm vm) throws IOException, InterruptedException {
        return xapi.vifs().existing(vm.vifs());
    }

    Vdi vdi(RestoreResult result, int index) throws IOException, InterruptedException {
        return xapi.vdis().get(result.disks().get(index).ref());
    }

    /// Every byte of every disk is as it was stored, and zeros follow.
    void assertRestored(StoredVm stored, RestoreResult result) throws IOException {
        assertEquals(stored.disks().stream().map(StoredDisk::name).toList(),
                result.disks().stream().map(RestoreResult.RestoredVdi::name).toList());
        for (int i = 0; i < result.disks().size(); i++) {
            assertRestored(stored.disks().get(i), result.disks().get(i).uuid());
        }
    }

    void assertRestored(StoredDisk stored, String vdi) throws IOException {
        var restored = content(vdi);
        assertArrayEquals(Arrays.copyOf(((MemoryDisk) stored).content, restored.length), restored, stored.name());
    }

    /// What people see of the pool: VMs by name and state, disks.
    String inventory() throws IOException, InterruptedException {
        var text = new StringBuilder();
        for (var vm : xapi.vms().machines().stream().sorted(Comparator.comparing(Vm::uuid)).toList()) {
            text.append("%s %s %s %s\n".formatted(vm.uuid(), vm.name(), vm.powerState(), cards(vm).stream().map(Vif::mac).toList()));
            for (var drive : drives(vm)) {
                text.append("  %s %s\n".formatted(drive.userDevice(),
                        drive.vdi().isNone() ? "" : xapi.vdis().get(drive.vdi()).uuid()));
            }
        }
        return text + "%d disks".formatted(xapi.vdis().all().stream().filter(Vdi::managed).count());
    }
}
