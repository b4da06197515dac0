package io.xenolith.sim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.sim.pool.Role;
import io.xenolith.sim.pool.SrKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What calls do and what they refuse.
class CallsTest {
    @TempDir
    Path directory;

    private SimulatedPool pool;
    private SimulatedVm vm;
    private JsonClient client;
    private String web;

    private void start(SimulatedPool.Builder builder) throws Exception {
        pool = builder.directory(directory).queueMillis(50).start();
        vm = Guests.web(pool);
        client = JsonClient.login(pool);
        web = client.ref("VM.get_by_uuid", vm.uuid());
    }

    private void start() throws Exception {
        start(SimulatedPool.builder());
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        pool.close();
    }

    private String disk(int index) throws Exception {
        return client.ref("VDI.get_by_uuid", vm.disks().get(index).uuid());
    }

    private String diskOf(String machine, int index) throws Exception {
        for (JsonNode vbd : client.call("VM.get_VBDs", machine)) {
            var drive = client.call("VBD.get_record", vbd.stringValue());
            if (drive.get("userdevice").stringValue().equals(Integer.toString(index))) {
                return drive.get("VDI").stringValue();
            }
        }
        throw new AssertionError("no disk " + index);
    }

    @Test
    void onlyNewHostsLeaveDisksOutOfASnapshot() throws Exception {
        start(SimulatedPool.builder().version(XenVersion.XCP_NG_8_3));
        var snapshot = client.ref("VM.snapshot", web, "without the second", List.of(disk(1)));
        assertEquals(2, client.call("VM.get_VBDs", snapshot).size(), "the first disk and the CD drive");
        close();
        start();
        assertEquals(List.of("VM.snapshot", "2", "3"),
                client.fails("MESSAGE_PARAMETER_COUNT_MISMATCH", "VM.snapshot", web, "x", List.of(disk(1))));
    }

    @Test
    void onlyOldHostsQuiesceTheGuest() throws Exception {
        start(SimulatedPool.builder().version(XenVersion.XENSERVER_8_0));
        assertEquals("quiesced", client.call("VM.get_snapshot_info", client.ref("VM.snapshot_with_quiesce", web, "q"))
                .get("disk-snapshot-type").stringValue());
        close();
        start();
        client.fails("MESSAGE_REMOVED", "VM.snapshot_with_quiesce", web, "q");
    }

    @Test
    void aSnapshotIsATemplateWithTheSameDevices() throws Exception {
        start();
        client.call("VM.add_to_other_config", web, "marker", "ours");
        client.call("VDI.add_to_other_config", disk(0), "leaks", "into snapshots");
        var record = client.call("VM.get_record", client.ref("VM.snapshot", web, "s"));
        assertTrue(record.get("is_a_template").booleanValue() && record.get("is_a_snapshot").booleanValue());
        assertEquals("Halted", record.get("power_state").stringValue());
        assertEquals("ours", record.get("other_config").get("marker").stringValue());
        assertEquals(client.call("VIF.get_MAC", client.call("VM.get_VIFs", web).get(0).stringValue()),
                client.call("VIF.get_MAC", record.get("VIFs").get(0).stringValue()));
        var copy = client.call("VDI.get_record", diskOf(client.ref("VM.get_by_uuid", record.get("uuid").stringValue()), 0));
        assertEquals("into snapshots", copy.get("other_config").get("leaks").stringValue());
        assertEquals(disk(0), copy.get("snapshot_of").stringValue());
    }

    @Test
    void destroyingASnapshotLeavesItsDisks() throws Exception {
        start();
        var snapshot = client.ref("VM.snapshot", web, "s");
        var left = diskOf(snapshot, 0);
        client.call("VM.destroy", snapshot);
        assertEquals(0, client.call("VDI.get_VBDs", left).size());
        client.call("VDI.destroy", left);
        client.fails("HANDLE_INVALID", "VDI.destroy", left);
    }

    @Test
    void revertingMakesNewDisksThatNobodyTracks() throws Exception {
        start();
        var content = vm.disks().getFirst().read(0, 4096);
        client.call("VDI.enable_cbt", disk(0));
        var snapshot = client.ref("VM.snapshot", web, "s");
        var before = disk(0);
        vm.disks().getFirst().write(0, new byte[4096]);
        vm.setPowerState("Halted");
        client.call("VM.revert", snapshot);
        assertNotEquals(before, disk(0));
        assertFalse(client.call("VDI.get_cbt_enabled", disk(0)).booleanValue());
        assertArrayEquals(content, vm.disks().getFirst().read(0, 4096));
    }

    @Test
    void aRunningVmIsNeitherExportedNorDestroyed() throws Exception {
        start();
        assertEquals(List.of(web, "halted", "running"), client.fails("VM_BAD_POWER_STATE", "VM.destroy", web));
        var task = client.ref("task.create", "export", "");
        assertEquals(500, client.get("/export", Map.of("ref", web, "task_id", task)).statusCode());
        assertEquals("VM_BAD_POWER_STATE", client.await(task).get("error_info").get(0).stringValue());
    }

    @Test
    void aBlockedOperationTellsTheReason() throws Exception {
        start();
        client.call("VM.add_to_blocked_operations", web, "snapshot", "not today");
        assertEquals(List.of(web, "not today"), client.fails("OPERATION_BLOCKED", "VM.snapshot", web, "s"));
    }

    @Test
    void templatesThatCameWithTheHostStay() throws Exception {
        start();
        var template = client.call("VM.get_by_name_label", "Other install media").get(0).stringValue();
        client.fails("VM_CANNOT_DELETE_DEFAULT_TEMPLATE", "VM.destroy", template);
        client.fails("VM_IS_TEMPLATE", "VM.start", template, false, false);
    }

    @Test
    void trackingNeedsALicenceADriverAndALiveDisk() throws Exception {
        start(SimulatedPool.builder().restrict("restrict_cbt"));
        assertEquals(List.of("CBT"), client.fails("LICENCE_RESTRICTION", "VDI.enable_cbt", disk(0)));
        close();
        start();
        var linstor = vm.addDisk(4 * Guests.MIB, pool.addStorage("linstor", SrKind.LINSTOR, 1L << 30));
        client.fails("SR_OPERATION_NOT_SUPPORTED", "VDI.enable_cbt", client.ref("VDI.get_by_uuid", linstor.uuid()));
        client.fails("OPERATION_NOT_ALLOWED", "VDI.enable_cbt", diskOf(client.ref("VM.snapshot", web, "s"), 0));
        client.call("VDI.enable_cbt", disk(0));
        client.call("VDI.enable_cbt", disk(0));
        client.fails("VDI_CBT_ENABLED", "VDI.set_on_boot", disk(0), "reset");
    }

    @Test
    void changedBlocksOfADiskInUseAreNotTold() throws Exception {
        start();
        client.call("VDI.enable_cbt", disk(0));
        var base = diskOf(client.ref("VM.snapshot", web, "s"), 0);
        assertEquals(List.of(disk(0), "list_changed_blocks"),
                client.fails("VDI_IN_USE", "VDI.list_changed_blocks", base, disk(0)));
        vm.setPowerState("Halted");
        client.call("VDI.list_changed_blocks", base, disk(0));
    }

    @Test
    void constructorsNeedTheirMembers() throws Exception {
        start();
        var failure = client.fails("INTERNAL_ERROR", "VDI.create", Map.of("SR", "x")).getFirst();
        assertTrue(failure.contains("FieldNotFound(\"virtual_size\")"), failure);
        client.fails("FIELD_TYPE_ERROR", "VDI.create", Map.of("SR", "x", "virtual_size", "large", "type", "user",
                "sharable", false, "read_only", false, "other_config", Map.of()));
    }

    @Test
    void drivesKeepTheRulesOfTheirMedia() throws Exception {
        start();
        var drive = new HashMap<String, Object>(Map.of("VM", web, "VDI", disk(0), "userdevice", "0", "bootable", false,
                "mode", "RW", "type", "Disk", "empty", false, "other_config", Map.of(), "qos_algorithm_type", "",
                "qos_algorithm_params", Map.of()));
        assertEquals(List.of("0"), client.fails("DEVICE_ALREADY_EXISTS", "VBD.create", drive));
        drive.put("userdevice", "autodetect");
        var second = client.ref("VBD.create", drive);
        assertEquals("2", client.ref("VBD.get_userdevice", second));
        client.fails("VDI_IN_USE", "VBD.plug", second);
        client.call("VBD.destroy", second);
        drive.put("empty", true);
        client.fails("VBD_NOT_REMOVABLE_MEDIA", "VBD.create", drive);
        drive.put("type", "CD");
        client.fails("VBD_CDS_MUST_BE_READONLY", "VBD.create", drive);
    }

    @Test
    void encryptedAndPlainNbdDoNotGoTogether() throws Exception {
        start();
        assertEquals(0, client.call("VDI.get_nbd_info", disk(0)).size());
        var network = client.call("network.get_all").get(0).stringValue();
        client.call("network.add_purpose", network, "nbd");
        assertEquals(2, client.call("VDI.get_nbd_info", disk(0)).size(), "IPv4 and IPv6, though nobody listens on IPv6");
        assertEquals(List.of("insecure_nbd", "nbd"),
                client.fails("NETWORK_INCOMPATIBLE_PURPOSES", "network.add_purpose", network, "insecure_nbd"));
    }

    @Test
    void aRoleAllowsWhatItAllows() throws Exception {
        start(SimulatedPool.builder().account("watcher", "w", Role.READ_ONLY));
        try (var watcher = JsonClient.login(pool, pool.url(), "watcher", "w")) {
            watcher.call("VM.get_all_records");
            assertEquals("vm.snapshot", watcher.fails("RBAC_PERMISSION_DENIED", "VM.snapshot", web, "s").getFirst());
            assertEquals(403, watcher.get("/export", Map.of("ref", web)).statusCode());
            var permissions = watcher.call("session.get_rbac_permissions", watcher.session()).toString();
            assertTrue(permissions.contains("\"vm.get_all_records\"") && !permissions.contains("\"vm.snapshot\""), permissions);
        }
    }

    @Test
    void muchIsRefusedDuringAnUpgrade() throws Exception {
        start();
        pool.setUpgrading(true);
        client.fails("NOT_SUPPORTED_DURING_UPGRADE", "VM.snapshot", web, "s");
        client.fails("NOT_SUPPORTED_DURING_UPGRADE", "VDI.enable_cbt", disk(0));
        client.call("VDI.snapshot", disk(0));
        assertEquals(400, client.put("/import", Map.of(), new byte[0]).statusCode());
    }

    @Test
    void fullStorageRefusesDisksAndWrites() throws Exception {
        start();
        var thick = pool.addStorage("lvm", SrKind.LVM, 10L * Guests.MIB);
        var disk = vm.addDisk(6 * Guests.MIB, thick);
        client.fails("SR_BACKEND_FAILURE_44", "VDI.snapshot", client.ref("VDI.get_by_uuid", disk.uuid()));
        var thin = pool.addStorage("nfs", SrKind.NFS, 2L * Guests.MIB);
        var target = client.ref("VDI.get_by_uuid", vm.addDisk(8 * Guests.MIB, thin).uuid());
        vm.setPowerState("Halted");
        var task = client.ref("task.create", "import", "");
        client.put("/import_raw_vdi", Map.of("vdi", target, "format", "raw", "task_id", task), Guests.noise(4 * Guests.MIB));
        assertEquals("VDI_IO_ERROR", client.await(task).get("error_info").get(0).stringValue());
    }

    @Test
    void aForgottenDiskComesBackWithItsContentButUntracked() throws Exception {
        start();
        vm.setPowerState("Halted");
        client.call("VDI.enable_cbt", disk(0));
        var uuid = vm.disks().getFirst().uuid();
        var content = pool.disk(uuid).read(0, 4096);
        var sr = client.ref("VDI.get_SR", disk(0));
        client.call("VDI.forget", disk(0));
        client.fails("UUID_INVALID", "VDI.get_by_uuid", uuid);
        client.call("SR.scan", sr);
        assertArrayEquals(content, pool.disk(uuid).read(0, 4096));
        assertFalse(client.call("VDI.get_cbt_enabled", client.ref("VDI.get_by_uuid", uuid)).booleanValue());
        client.call("VDI.forget", client.ref("VDI.get_by_uuid", uuid));
        client.call("VDI.introduce", uuid, "again", "", sr, "user", false, false, Map.of(), uuid);
        assertEquals("again", client.ref("VDI.get_name_label", client.ref("VDI.get_by_uuid", uuid)));
    }

    @Test
    void recordsAreFoundByAnExpression() throws Exception {
        start();
        assertEquals(1, client.call("VM.get_all_records_where",
                "field \"name_label\"=\"web-01\" and not (field \"is_a_template\"=\"true\")").size());
        client.fails("INTERNAL_ERROR", "VM.get_all_records_where", "field name_label is web-01");
    }

    @Test
    void aRestoreKeepsUuidAndMacAndReplacesAHaltedVm() throws Exception {
        start();
        vm.setPowerState("Halted");
        var mac = client.call("VIF.get_MAC", client.call("VM.get_VIFs", web).get(0).stringValue());
        var archive = client.get("/export", Map.of("ref", web, "use_compression", "zstd")).body();
        var task = client.ref("task.create", "import", "");
        client.put("/import", Map.of("restore", "true", "task_id", task), archive);
        var result = client.await(task);
        assertEquals("success", result.get("status").stringValue(), result.toString());
        client.fails("HANDLE_INVALID", "VM.get_record", web);
        web = client.ref("VM.get_by_uuid", vm.uuid());
        assertEquals(mac, client.call("VIF.get_MAC", client.call("VM.get_VIFs", web).get(0).stringValue()));
        assertEquals(1, client.call("VM.get_version", web).longValue());
        assertEquals(2, pool.leftovers().orphanVdis().size(), "the disks of the VM that it replaced");
    }

    @Test
    void metadataFindsItsDisksInThePool() throws Exception {
        start();
        vm.setPowerState("Halted");
        var metadata = client.get("/export_metadata", Map.of("ref", web, "export_snapshots", "false")).body();
        var copy = client.ref("VDI.copy", disk(0), client.ref("VDI.get_SR", disk(0)));
        var task = client.ref("task.create", "import", "");
        var mapped = "vdi:" + vm.disks().getFirst().uuid();
        client.put("/import_metadata", Map.of("task_id", task, mapped, client.ref("VDI.get_uuid", copy)), metadata);
        var result = client.await(task).get("result").stringValue();
        var made = result.substring(result.indexOf("OpaqueRef"), result.indexOf('<', result.indexOf("OpaqueRef")));
        assertEquals(copy, diskOf(made, 0));
        assertEquals(disk(1), diskOf(made, 1));
    }
}
