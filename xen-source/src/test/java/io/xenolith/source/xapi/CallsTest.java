package io.xenolith.source.xapi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import io.xenolith.sim.SimulatedPool;
import io.xenolith.sim.XenVersion;
import io.xenolith.sim.fault.Fault;
import io.xenolith.sim.pool.Role;
import io.xenolith.sim.pool.SrKind;
import io.xenolith.source.xapi.error.BusyException;
import io.xenolith.source.xapi.error.CancelledException;
import io.xenolith.source.xapi.error.GoneException;
import io.xenolith.source.xapi.error.RefusedException;
import io.xenolith.source.xapi.error.UnavailableException;
import io.xenolith.source.xapi.http.Timeouts;
import io.xenolith.source.xapi.records.PowerState;
import io.xenolith.source.xapi.records.Ref;
import io.xenolith.source.xapi.records.Vdi;
import io.xenolith.source.xapi.records.Vm;
import io.xenolith.source.xapi.task.TaskListener;
import io.xenolith.source.xapi.task.TaskTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CallsTest extends SimulatedPoolTest {

    private static List<Vdi> disks(Xapi xapi, Vm vm) throws Exception {
        var disks = new ArrayList<Vdi>();
        for (var vbd : xapi.vbds().existing(vm.vbds())) {
            if (vbd.isDisk()) {
                disks.add(xapi.vdis().get(vbd.vdi()));
            }
        }
        return disks;
    }

    private static void destroySnapshot(Xapi xapi, Ref<Vm> snapshot) throws Exception {
        var disks = disks(xapi, xapi.vms().get(snapshot));
        xapi.vms().destroy(snapshot);
        for (var disk : disks) {
            xapi.vdis().destroy(disk.ref());
        }
    }

    @Test
    void aVmIsReadWithItsDevices() throws Exception {
        start(SimulatedPool.builder());
        var simulated = pool.addVm("web & mail", 3 * MIB, 5 * MIB);
        simulated.setPowerState("Running");
        try (var xapi = login()) {
            var vm = xapi.vms().byUuid(simulated.uuid());
            assertEquals("web & mail", vm.name());
            assertEquals(PowerState.RUNNING, vm.powerState());
            assertTrue(vm.isMachine());
            assertEquals(vm.uuid(), vm.raw().text("uuid"));
            assertTrue(vm.raw().has("memory_static_max"));
            assertEquals(1, xapi.vifs().existing(vm.vifs()).size());
            var disks = disks(xapi, vm);
            assertEquals(simulated.disks().stream().map(disk -> disk.uuid()).toList(),
                    disks.stream().map(Vdi::uuid).toList());
            assertEquals(simulated.disks().getFirst().size(), disks.getFirst().virtualSize());
        }
    }

    @Test
    void namesFindMachinesAndNothingElse() throws Exception {
        start(SimulatedPool.builder());
        var one = pool.addVm("twin", MIB);
        var other = pool.addVm("twin", MIB);
        try (var xapi = login()) {
            var snapshot = xapi.vms().snapshot(xapi.vms().byUuid(one.uuid()).ref(), "twin", List.of());
            assertEquals(List.of(one.uuid(), other.uuid()).stream().sorted().toList(),
                    xapi.vms().byName("twin").stream().map(Vm::uuid).sorted().toList());
            assertEquals(List.of(), xapi.vms().byName("nobody"));
            assertTrue(xapi.vms().machines().stream().noneMatch(vm -> vm.ref().equals(snapshot)));
            destroySnapshot(xapi, snapshot);
        }
    }

    @Test
    void whatDoesNotExistIsGone() throws Exception {
        start(SimulatedPool.builder());
        try (var xapi = login()) {
            var nobody = UUID.randomUUID().toString();
            assertTrue(xapi.vms().find(nobody).isEmpty());
            assertThrows(GoneException.class, () -> xapi.vms().byUuid(nobody));
            assertThrows(GoneException.class, () -> xapi.vdis().get(new Ref<>("OpaqueRef:" + nobody)));
            xapi.vdis().destroy(new Ref<>("OpaqueRef:" + nobody)); // as it should be
        }
    }

    @Test
    void aSnapshotLivesAndDies() throws Exception {
        start(SimulatedPool.builder());
        var simulated = pool.addVm("vm", 2 * MIB);
        try (var xapi = login()) {
            var vm = xapi.vms().byUuid(simulated.uuid());
            var snapshot = xapi.vms().get(xapi.vms().snapshot(vm.ref(), "nightly 💾", List.of()));
            assertEquals("nightly 💾", snapshot.name());
            assertTrue(snapshot.isSnapshot());
            assertEquals(vm.ref(), snapshot.snapshotOf());
            xapi.vms().putOtherConfig(snapshot.ref(), "xenolith:job", "1");
            xapi.vms().putOtherConfig(snapshot.ref(), "xenolith:job", "2");
            assertEquals("2", xapi.vms().get(snapshot.ref()).otherConfig().get("xenolith:job"));
            xapi.vms().removeOtherConfig(snapshot.ref(), "xenolith:job");
            assertFalse(xapi.vms().get(snapshot.ref()).otherConfig().containsKey("xenolith:job"));
            destroySnapshot(xapi, snapshot.ref());
            assertEquals(List.of(), pool.leftovers().snapshots());
            assertEquals(List.of(), pool.leftovers().snapshotVdis());
        }
    }

    @Test
    void anOlderHostCannotLeaveDisksOut() throws Exception {
        start(SimulatedPool.builder().version(XenVersion.XCP_NG_8_2));
        var simulated = pool.addVm("vm", MIB, MIB);
        try (var xapi = login()) {
            var vm = xapi.vms().byUuid(simulated.uuid());
            var second = List.of(disks(xapi, vm).get(1).ref());
            assertThrows(UnavailableException.class, () -> xapi.vms().snapshot(vm.ref(), "x", second));
            assertEquals(List.of(), pool.leftovers().snapshots());
        }
    }

    @Test
    void aNewerHostLeavesDisksOut() throws Exception {
        start(SimulatedPool.builder().version(XenVersion.XCP_NG_8_3));
        var simulated = pool.addVm("vm", MIB, MIB);
        try (var xapi = login()) {
            var vm = xapi.vms().byUuid(simulated.uuid());
            var snapshot = xapi.vms().snapshot(vm.ref(), "x", List.of(disks(xapi, vm).get(1).ref()));
            assertEquals(1, disks(xapi, xapi.vms().get(snapshot)).size());
        }
    }

    @Test
    void changedBlocksAreThoseWrittenBetweenTwoSnapshots() throws Exception {
        start(SimulatedPool.builder());
        var simulated = pool.addVm("vm", 4 * MIB);
        try (var xapi = login()) {
            var vm = xapi.vms().byUuid(simulated.uuid());
            var disk = disks(xapi, vm).getFirst();
            xapi.vdis().enableChangeTracking(disk.ref());
            xapi.vdis().enableChangeTracking(disk.ref());
            assertTrue(xapi.vdis().get(disk.ref()).tracksChanges());
            var base = xapi.vdis().snapshot(disk.ref());
            simulated.disks().getFirst().write(0, (byte) 1);
            simulated.disks().getFirst().write(9 * 65536 + 5, (byte) 1);
            var newer = xapi.vdis().get(xapi.vdis().snapshot(disk.ref()));
            assertEquals(Extents.of(new Extent(0, 65536), new Extent(9 * 65536, 65536)),
                    xapi.vdis().changedExtents(base, newer));
            assertArrayEquals(new byte[] {(byte) 0x80, 0x40}, Arrays.copyOf(
                    xapi.vdis().listChangedBlocks(base, newer.ref()), 2));
            xapi.vdis().dataDestroy(base);
            assertTrue(xapi.vdis().get(base).isTrackOnly());
            assertThrows(UnavailableException.class, () -> xapi.vdis().listChangedBlocks(newer.ref(), base));
            xapi.vdis().destroy(newer.ref());
            xapi.vdis().destroy(base);
        }
    }

    @Test
    void aVmIsMadeWithDiskDriveAndCard() throws Exception {
        start(SimulatedPool.builder());
        var model = pool.addVm("model", MIB);
        try (var xapi = login()) {
            var record = new HashMap<String, Object>(xapi.vms().byUuid(model.uuid()).raw().fields());
            record.put("name_label", "[importing] copy");
            record.put("user_version", 1L);
            record.keySet().removeAll(List.of("uuid", "power_state", "blocked_operations"));
            var vm = xapi.vms().create(record);
            xapi.vms().block(vm, "start", "being restored");
            assertEquals(Map.of("start", "being restored"), xapi.vms().get(vm).blockedOperations());
            var storage = xapi.pools().only().defaultSr();
            var disk = xapi.vdis().create(new NewVdi(storage, "disk", "", 2 * MIB, "", Map.of("xenolith:job", "1")));
            assertEquals("1", xapi.vdis().get(disk).otherConfig().get("xenolith:job"));
            xapi.vbds().create(new NewVbd(vm, disk, "0", true, false, Map.of()));
            xapi.vbds().create(new NewVbd(vm, Ref.none(), "3", false, true, Map.of()));
            var network = xapi.networks().all().getFirst();
            xapi.vifs().create(new NewVif(vm, network.ref(), "0", "02:00:00:00:00:07", 1500, Map.of()));
            xapi.vms().setName(vm, "copy");
            xapi.vms().unblock(vm, "start");
            var made = xapi.vms().get(vm);
            assertEquals("copy", made.name());
            assertEquals(Map.of(), made.blockedOperations());
            assertEquals(List.of(disk), disks(xapi, made).stream().map(Vdi::ref).toList());
            assertEquals("02:00:00:00:00:07", xapi.vifs().existing(made.vifs()).getFirst().mac());
            xapi.vms().destroy(vm);
            xapi.vdis().destroy(disk);
        }
    }

    @Test
    void aBlockedOperationIsAPersonsDecision() throws Exception {
        start(SimulatedPool.builder());
        var simulated = pool.addVm("vm", MIB);
        try (var xapi = login()) {
            var vm = xapi.vms().byUuid(simulated.uuid()).ref();
            xapi.vms().block(vm, "snapshot", "do not");
            var e = assertThrows(RefusedException.class, () -> xapi.vms().snapshot(vm, "x", List.of()));
            assertTrue(e.getMessage().contains("do not"), e.getMessage());
        }
    }

    @Test
    void whatFailsInATaskIsSortedLikeWhatFailsAtOnce() throws Exception {
        start(SimulatedPool.builder());
        var simulated = pool.addVm("vm", MIB);
        try (var xapi = login()) {
            var vm = xapi.vms().byUuid(simulated.uuid()).ref();
            pool.faults().failCall("VM.snapshot", 1, "OTHER_OPERATION_IN_PROGRESS", "VM", "$0", "export");
            var busy = assertThrows(BusyException.class, () -> xapi.vms().snapshot(vm, "x", List.of()));
            assertEquals(List.of("VM", vm.value(), "export"), busy.parameters());
            pool.faults().failCall("VM.snapshot", 1, "TASK_CANCELLED", "$0");
            assertThrows(CancelledException.class, () -> xapi.vms().snapshot(vm, "x", List.of()));
        }
    }

    @Test
    void tasksAreAwaitedWithoutEventsToo() throws Exception {
        start(SimulatedPool.builder());
        var simulated = pool.addVm("vm", MIB);
        pool.faults().failCall("event.from", 100, "MESSAGE_METHOD_UNKNOWN", "event.from");
        pool.faults().order(new Fault.StallCall("VM.snapshot", 500), 1);
        try (var xapi = login()) {
            var vm = xapi.vms().byUuid(simulated.uuid()).ref();
            assertTrue(xapi.vms().get(xapi.vms().snapshot(vm, "x", List.of())).isSnapshot());
        }
    }

    @Test
    void progressIsToldAndEndsWithOne() throws Exception {
        start(SimulatedPool.builder());
        var simulated = pool.addVm("vm", MIB);
        pool.faults().order(new Fault.StallCall("VM.snapshot", 200), 1);
        var told = new ArrayList<Double>();
        try (var xapi = login(0, TIMEOUTS, (what, share) -> {
            assertEquals("VM.snapshot", what);
            told.add(share);
        })) {
            xapi.vms().snapshot(xapi.vms().byUuid(simulated.uuid()).ref(), "x", List.of());
        }
        assertEquals(told.stream().sorted().toList(), told);
        assertEquals(1.0, told.getLast());
    }

    @Test
    void aTaskThatTakesTooLongIsCancelledAndRemoved() throws Exception {
        start(SimulatedPool.builder());
        var simulated = pool.addVm("vm", MIB);
        pool.faults().order(new Fault.StallCall("VM.snapshot", 1_500), 1);
        var impatient = new Timeouts(TIMEOUTS.connect(), TIMEOUTS.call(), TIMEOUTS.goAhead(), TIMEOUTS.stall(),
                Duration.ofMillis(300));
        try (var xapi = login(0, impatient, TaskListener.NONE)) {
            var vm = xapi.vms().byUuid(simulated.uuid()).ref();
            assertThrows(TaskTimeoutException.class, () -> xapi.vms().snapshot(vm, "x", List.of()));
            assertEquals(List.of(), pool.leftovers().tasks());
        }
    }

    @Test
    void anInterruptCancelsAndRemovesTheTask() throws Exception {
        start(SimulatedPool.builder());
        var simulated = pool.addVm("vm", MIB);
        pool.faults().order(new Fault.StallCall("VM.snapshot", 1_500), 1);
        var waiting = Thread.currentThread();
        try (var xapi = login(0, TIMEOUTS, (_, _) -> waiting.interrupt())) { // once it is told how far the task is
            var vm = xapi.vms().byUuid(simulated.uuid()).ref();
            assertThrows(InterruptedException.class, () -> xapi.vms().snapshot(vm, "x", List.of()));
            assertEquals(List.of(), pool.leftovers().tasks());
        }
    }

    @Test
    void nbdServersAreListedWithoutTellingTheSession() throws Exception {
        start(SimulatedPool.builder());
        var simulated = pool.addVm("vm", MIB);
        try (var xapi = login()) {
            var disk = disks(xapi, xapi.vms().byUuid(simulated.uuid())).getFirst().ref();
            assertEquals(List.of(), xapi.vdis().nbdInfo(disk));
            xapi.networks().addPurpose(xapi.networks().all().getFirst().ref(), "nbd");
            var servers = xapi.vdis().nbdInfo(disk);
            assertFalse(servers.isEmpty());
            for (var server : servers) {
                assertTrue(server.exportName().contains("session_id="));
                assertFalse(server.toString().contains("session"), server.toString());
                assertTrue(server.certificate().startsWith("-----BEGIN CERTIFICATE-----"));
            }
        }
    }

    @Test
    void aCheckSaysWhatIsMissingAndWhatToType() throws Exception {
        start(SimulatedPool.builder().restrict("restrict_cbt"));
        pool.addStorage("bricks", SrKind.values()[SrKind.values().length - 1], 1L << 30);
        pool.setUpgrading(true);
        try (var xapi = login()) {
            var check = PoolCheck.of(xapi);
            assertFalse(check.isUsable());
            assertFalse(check.changeTracking());
            assertFalse(check.nbd());
            assertEquals(PoolCheck.Weight.PREVENTS, check.findings().getFirst().weight());
            assertTrue(check.findings().stream().anyMatch(finding -> finding.nextStep()
                    .startsWith("xe network-param-add uuid=")), check.findings().toString());
        }
    }

    @Test
    void aPoolWithEverythingPasses() throws Exception {
        start(SimulatedPool.builder());
        try (var xapi = login()) {
            xapi.networks().addPurpose(xapi.networks().all().getFirst().ref(), "nbd");
            var check = PoolCheck.of(xapi);
            assertTrue(check.isUsable(), check.findings().toString());
            assertTrue(check.nbd());
            assertTrue(check.changeTracking(), check.findings().toString());
        }
    }

    @Test
    void anAccountThatMayOnlyLookIsToldWhatItLacks() throws Exception {
        start(SimulatedPool.builder().account("looker", "x", Role.READ_ONLY));
        var simulated = pool.addVm("vm", MIB);
        try (var xapi = loginAs("looker", "x")) {
            var check = PoolCheck.of(xapi);
            assertFalse(check.isUsable());
            assertTrue(check.findings().getFirst().what().contains("vm.snapshot"), check.findings().toString());
            assertTrue(check.findings().getFirst().nextStep().startsWith("xe subject-role-add"));
            var vm = xapi.vms().byUuid(simulated.uuid()).ref();
            var e = assertThrows(RefusedException.class, () -> xapi.vms().snapshot(vm, "x", List.of()));
            assertEquals("RBAC_PERMISSION_DENIED", e.code());
        }
    }
}
