package io.xenolith.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.sim.fault.Fault;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What can be made to go wrong, and that it then does.
class FaultsTest {
    @TempDir
    Path directory;

    private SimulatedPool pool;
    private SimulatedVm vm;
    private JsonClient client;
    private String web;

    @BeforeEach
    void start() throws Exception {
        pool = SimulatedPool.builder().directory(directory).hosts(2).start();
        vm = Guests.web(pool);
        client = JsonClient.login(pool);
        web = client.ref("VM.get_by_uuid", vm.uuid());
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        pool.close();
    }

    private String disk() throws Exception {
        return client.ref("VDI.get_by_uuid", vm.disks().getFirst().uuid());
    }

    @Test
    void anOrderedFailureHappensAsOftenAsOrdered() throws Exception {
        pool.faults().order(Fault.parse("fail VDI.destroy 2 VDI_IN_USE $0 destroy"));
        var copy = client.ref("VDI.clone", disk());
        assertEquals(List.of(copy, "destroy"), client.fails("VDI_IN_USE", "VDI.destroy", copy));
        client.fails("VDI_IN_USE", "VDI.destroy", copy);
        client.call("VDI.destroy", copy);
    }

    @Test
    void aTaskFailsWhenItsCallIsToFail() throws Exception {
        pool.faults().failCall("VM.snapshot", 1, "SR_BACKEND_FAILURE_82", "", "snapshot failed", "");
        var task = client.await(client.ref("Async.VM.snapshot", web, "s"));
        assertEquals("failure", task.get("status").stringValue());
        assertEquals(1.0, task.get("progress").doubleValue());
        assertEquals("SR_BACKEND_FAILURE_82", task.get("error_info").get(0).stringValue());
    }

    @Test
    void aSnapshotThatFailsAtItsSecondDiskLeavesNothing() throws Exception {
        pool.faults().order(Fault.parse("pass VDI.snapshot 1"));
        pool.faults().order(Fault.parse("fail VDI.snapshot 1 SR_BACKEND_FAILURE_82 \"\" failed \"\""));
        client.fails("SR_BACKEND_FAILURE_82", "VM.snapshot", web, "s");
        assertTrue(pool.leftovers().snapshots().isEmpty() && pool.leftovers().snapshotVdis().isEmpty());
    }

    @Test
    void aHiddenChangeIsNotReported() throws Exception {
        client.call("VDI.enable_cbt", disk());
        var first = client.ref("VDI.snapshot", disk());
        vm.disks().getFirst().write(65536, new byte[] {1, 2, 3});
        var second = client.ref("VDI.snapshot", disk());
        assertEquals(0x40, Base64.getDecoder().decode(client.ref("VDI.list_changed_blocks", first, second))[0]);
        pool.faults().order(Fault.parse("hide " + vm.disks().getFirst().uuid() + " 1"));
        assertEquals(0, Base64.getDecoder().decode(client.ref("VDI.list_changed_blocks", first, second))[0]);
    }

    @Test
    void aSpoiltLogIsRefusedAndThenGone() throws Exception {
        client.call("VDI.enable_cbt", disk());
        var first = client.ref("VDI.snapshot", disk());
        vm.disks().getFirst().spoilTracking();
        var second = client.ref("VDI.snapshot", disk());
        client.fails("SR_BACKEND_FAILURE_459", "VDI.list_changed_blocks", first, second);
        vm.disks().getFirst().spoilTracking();
        vm.setPowerState("Halted");
        vm.setPowerState("Running");
        assertFalse(client.call("VDI.get_cbt_enabled", disk()).booleanValue());
        assertEquals("VDI_CBT_METADATA_INCONSISTENT",
                client.call("message.get_all_records").iterator().next().get("name").stringValue());
    }

    @Test
    void aVanishedBaseIsAnInvalidHandle() throws Exception {
        client.call("VDI.enable_cbt", disk());
        var first = client.ref("VDI.snapshot", disk());
        var second = client.ref("VDI.snapshot", disk());
        pool.disk(client.ref("VDI.get_uuid", first)).destroy();
        client.fails("HANDLE_INVALID", "VDI.list_changed_blocks", first, second);
    }

    @Test
    void aCutStreamLooksCompleteToHttp() throws Exception {
        var snapshot = client.ref("VDI.snapshot", disk());
        pool.faults().order(Fault.parse("drop /export_raw_vdi 1 100000"));
        var task = client.ref("task.create", "export", "");
        var answer = client.get("/export_raw_vdi", Map.of("vdi", snapshot, "task_id", task));
        assertEquals(200, answer.statusCode());
        assertEquals(100_000, answer.body().length);
        assertEquals("failure", client.await(task).get("status").stringValue());
        assertEquals(8 * Guests.MIB, client.get("/export_raw_vdi", Map.of("vdi", snapshot)).body().length);
    }

    @Test
    void aLostSessionIsInvalidEverywhere() throws Exception {
        pool.loseSessions();
        client.fails("SESSION_INVALID", "VM.get_all");
        assertEquals(401, client.get("/export", Map.of("ref", web)).statusCode());
    }

    @Test
    void aMemberNamesTheCoordinator() throws Exception {
        var failure = assertThrows(JsonClient.Failure.class, () -> JsonClient.login(pool, pool.url(1), "root", "secret"));
        assertEquals(List.of("HOST_IS_SLAVE", "127.0.0.1"), failure.description());
    }

    @Test
    void aNewCoordinatorKnowsNoSessionAndNoTask() throws Exception {
        client.call("task.create", "t", "");
        pool.changeMaster(1);
        assertEquals(List.of("127.0.0.2"), client.fails("HOST_IS_SLAVE", "VM.get_all"));
        try (var next = JsonClient.login(pool, pool.url(1), "root", "secret")) {
            assertEquals(0, next.call("task.get_all").size());
        }
    }

    @Test
    void aHostThatDoesNotSeeTheStorageSendsElsewhere() throws Exception {
        var snapshot = client.ref("VDI.snapshot", disk());
        var task = client.ref("task.create", "export", "");
        var answer = client.get(pool.url(1).resolve("/export_raw_vdi").toString(), Map.of("vdi", snapshot, "task_id", task));
        assertEquals(302, answer.statusCode());
        var location = answer.headers().firstValue("location").orElseThrow();
        assertTrue(location.startsWith(pool.url() + "/export_raw_vdi?session_id=OpaqueRef"), location);
        assertTrue(location.contains("task_id="), location);
        assertEquals("pending", client.ref("task.get_status", task));
    }

    @Test
    void whatIsLeftBehindCanBeListed() throws Exception {
        var snapshot = client.ref("VM.snapshot", web, "forgotten");
        client.call("VM.destroy", snapshot);
        client.call("task.create", "forgotten", "");
        var left = pool.leftovers();
        assertEquals(2, left.orphanVdis().size());
        assertEquals(List.of(1, 1), List.of(left.tasks().size(), left.sessions().size()));
        assertFalse(left.isEmpty());
    }

    @Test
    void whatIsNoFaultIsRefused() {
        for (var line : List.of("", "fail", "fail VM.snapshot often X", "explode now")) {
            assertThrows(IllegalArgumentException.class, () -> Fault.parse(line), line);
        }
    }
}
