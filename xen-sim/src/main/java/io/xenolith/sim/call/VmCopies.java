package io.xenolith.sim.call;

import io.xenolith.sim.model.Row;
import io.xenolith.sim.pool.MacAddress;
import io.xenolith.sim.pool.Operations;
import io.xenolith.sim.rpc.XapiFailure;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/// Makes a second VM out of a first one: a snapshot, a clone or a full copy. What was made is removed again if a disk fails.
final class VmCopies {
    /// Fields that a second VM does not take over from the first.
    private static final Set<String> OWN = Set.of("uuid", "allowed_operations", "current_operations", "power_state",
            "resident_on", "scheduled_to_be_resident_on", "domid", "metrics", "guest_metrics", "consoles", "VBDs", "VIFs",
            "VTPMs", "VUSBs", "VGPUs", "attached_PCIs", "crash_dumps", "blobs", "snapshots", "snapshot_of", "snapshot_time",
            "is_a_snapshot", "is_default_template", "is_control_domain", "parent", "children", "suspend_VDI", "name_label",
            "blocked_operations", "snapshot_info");

    /// A suspend image is this much smaller than the memory that it would hold in truth; nobody reads it.
    private static final int SUSPEND_IMAGE_SHARE = 64;

    /// How a disk gets to the second VM.
    private interface DiskStep {
        Row make(Row vdi) throws IOException, InterruptedException;
    }

    private final Call call;
    private final List<Row> disks = new ArrayList<>();

    private VmCopies(Call call) {
        this.call = call;
    }

    static Object snapshot(Call call) throws IOException, InterruptedException {
        call.pool().requireNoUpgrade();
        if (call.has(2) && !call.pool().version().snapshotsIgnoreVdis()) {
            throw new XapiFailure("MESSAGE_PARAMETER_COUNT_MISMATCH", "VM.snapshot", "2", "3");
        }
        var ignored = call.has(2) ? Set.copyOf(call.texts(2)) : Set.<String>of();
        return snapshot(call, "snapshot", ignored, "crash_consistent");
    }

    static Object quiescedSnapshot(Call call) throws IOException, InterruptedException {
        if (!call.pool().version().quiesces()) {
            throw new XapiFailure("MESSAGE_REMOVED");
        }
        call.pool().requireNoUpgrade();
        call.pool().requireLicence("restrict_vss", "VSS");
        return snapshot(call, "snapshot_with_quiesce", Set.of(), "quiesced");
    }

    static Object checkpoint(Call call) throws IOException, InterruptedException {
        call.pool().requireNoUpgrade();
        call.pool().requireLicence("restrict_checkpoint", "chpt");
        var ref = snapshot(call, "checkpoint", Set.of(), "crash_consistent");
        var vm = call.row(0);
        var memory = call.pool().storage().create(call.pool().row().follow("default_SR"),
                vm.number("memory_static_max") / SUSPEND_IMAGE_SHARE, Map.of("name_label", "Suspend image", "type", "suspend"));
        call.database().get("VM", (String) ref).set("suspend_VDI", memory.ref()).set("power_state", "Suspended");
        return ref;
    }

    private static Object snapshot(Call call, String operation, Set<String> ignored, String consistency)
            throws IOException, InterruptedException {
        var vm = call.row(0);
        try (var _ = call.pool().operations().beginOnVm(vm, operation, call.operationRef())) {
            var copies = new VmCopies(call);
            var fields = copies.fields(vm);
            fields.put("is_a_snapshot", true);
            fields.put("is_a_template", true);
            fields.put("snapshot_of", vm.ref());
            fields.put("snapshot_time", Instant.now());
            fields.put("snapshot_info", Map.of("power-state-at-snapshot", vm.text("power_state"),
                    "disk-snapshot-type", consistency));
            fields.put("parent", vm.text("parent"));
            var snapshot = copies.make(vm, fields, ignored, copies::snapshotDisk);
            vm.set("parent", snapshot.ref());
            copies.copyCards(vm, snapshot, true);
            return snapshot.ref();
        }
    }

    private Row snapshotDisk(Row vdi) throws IOException, InterruptedException {
        call.pool().faults().beforeCall("VDI.snapshot", List.of(vdi.ref()));
        return VdiCalls.snapshot(call, vdi);
    }

    static Object cloneOf(Call call) throws IOException, InterruptedException {
        return secondVm(call, "clone", vdi -> call.pool().storage().cloneOf(vdi));
    }

    static Object fullCopy(Call call) throws IOException, InterruptedException {
        var sr = call.has(2) ? call.rowOrNull(2) : null;
        return secondVm(call, "copy", vdi -> VdiCalls.copy(call, vdi, sr == null ? vdi.follow("SR") : sr, null));
    }

    private static Object secondVm(Call call, String operation, DiskStep disk) throws IOException, InterruptedException {
        var vm = call.row(0);
        try (var _ = call.pool().operations().beginOnVm(vm, operation, call.operationRef())) {
            var copies = new VmCopies(call);
            var fields = copies.fields(vm);
            var otherConfig = vm.map("other_config");
            otherConfig.remove("default_template");
            otherConfig.put("mac_seed", UUID.randomUUID().toString());
            fields.put("other_config", otherConfig);
            var second = copies.make(vm, fields, Set.of(), disk);
            copies.copyCards(vm, second, false);
            return second.ref();
        }
    }

    /// Puts `vm` back to what `snapshot` holds: its disks are replaced by new ones, which nobody tracks.
    static Object revert(Call call) throws IOException, InterruptedException {
        var snapshot = call.row(0);
        call.pool().requireNoUpgrade();
        var vm = snapshot.follow("snapshot_of");
        if (vm == null) {
            throw new XapiFailure("VM_REVERT_FAILED", "OpaqueRef:NULL", snapshot.ref());
        }
        try (var _ = call.pool().operations().beginOnVm(snapshot, "revert", call.operationRef())) {
            for (var vbd : vm.followAll("VBDs")) {
                var vdi = vbd.follow("VDI");
                call.database().delete(vbd);
                if (vdi != null && vbd.text("type").equals("Disk")) {
                    call.pool().storage().destroy(vdi);
                }
            }
            new VmCopies(call).copyDrives(snapshot, vm, Set.of(), vdi -> call.pool().storage().cloneOf(vdi));
            vm.set("power_state", "Halted");
        }
        return null;
    }

    private Map<String, Object> fields(Row vm) {
        var fields = vm.asRecord();
        fields.keySet().removeAll(OWN);
        fields.put("name_label", call.text(1));
        var otherConfig = vm.map("other_config");
        otherConfig.remove("default_template");
        fields.put("other_config", otherConfig);
        return fields;
    }

    private Row make(Row vm, Map<String, Object> fields, Set<String> ignored, DiskStep step)
            throws IOException, InterruptedException {
        var metrics = vm.follow("metrics");
        if (metrics != null) {
            var copied = metrics.asRecord();
            copied.remove("uuid");
            fields.put("metrics", call.database().create("VM_metrics", copied).ref());
        }
        var second = call.database().create("VM", fields);
        try {
            copyDrives(vm, second, ignored, step);
        } catch (XapiFailure | IOException | InterruptedException e) {
            undo(second);
            throw e;
        }
        copyTpms(vm, second);
        second.set("allowed_operations", Operations.allowed(second));
        return second;
    }

    private void copyDrives(Row vm, Row second, Set<String> ignored, DiskStep step)
            throws IOException, InterruptedException {
        for (var vbd : vm.followAll("VBDs")) {
            var vdi = vbd.follow("VDI");
            boolean disk = vbd.text("type").equals("Disk") && vdi != null;
            if (disk && ignored.contains(vdi.ref())) {
                continue;
            }
            var fields = vbd.asRecord();
            fields.keySet().removeAll(Set.of("uuid", "current_operations", "currently_attached", "VM", "metrics"));
            fields.put("VM", second.ref());
            if (disk) {
                disks.add(step.make(vdi));
                fields.put("VDI", disks.getLast().ref());
                var otherConfig = vbd.map("other_config");
                otherConfig.put("owner", "");
                fields.put("other_config", otherConfig);
            }
            call.database().create("VBD", fields);
        }
    }

    private void undo(Row second) throws IOException {
        second.followAll("VBDs").forEach(call.database()::delete);
        for (var disk : disks) {
            call.pool().storage().destroy(disk);
        }
        call.database().delete(second);
    }

    private void copyCards(Row vm, Row second, boolean sameMacs) {
        for (var vif : vm.followAll("VIFs")) {
            var fields = vif.asRecord();
            fields.keySet().removeAll(Set.of("uuid", "current_operations", "currently_attached", "metrics"));
            fields.put("VM", second.ref());
            if (!sameMacs) {
                fields.put("MAC", MacAddress.derive(second.map("other_config").get("mac_seed"), vif.text("device")));
                fields.put("MAC_autogenerated", true);
            }
            call.database().create("VIF", fields);
        }
    }

    private void copyTpms(Row vm, Row second) {
        for (var vtpm : vm.followAll("VTPMs")) {
            call.database().create("VTPM", Map.of("VM", second.ref(), "is_unique", vtpm.flag("is_unique")));
        }
    }
}
