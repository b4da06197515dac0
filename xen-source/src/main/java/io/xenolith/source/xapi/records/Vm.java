package io.xenolith.source.xapi.records;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// A VM, and everything that a pool keeps in the same table: templates, snapshots, the control domains of its hosts.
///
/// @param isTemplate true of snapshots too
/// @param snapshotTime the epoch for what is no snapshot
/// @param suspendVdi the memory of a suspended VM, or none
/// @param blockedOperations by name, with the reason that somebody gave
public record Vm(Ref<Vm> ref, String uuid, String name, String description, PowerState powerState, boolean isTemplate,
        boolean isSnapshot, boolean isControlDomain, Ref<Vm> snapshotOf, Instant snapshotTime, List<Ref<Vm>> snapshots,
        List<Ref<Vbd>> vbds, List<Ref<Vif>> vifs, List<Ref<Vtpm>> vtpms, Ref<Vdi> suspendVdi, Ref<Host> residentOn,
        Ref<VmGuestMetrics> guestMetrics, Map<String, String> blockedOperations, Map<String, String> otherConfig,
        List<String> tags, RawRecord raw) {
    public static final XapiClass<Vm> CLASS = new XapiClass<>("VM", Vm::read);

    private static Vm read(Ref<Vm> ref, RawRecord raw) throws IOException {
        return new Vm(ref, raw.text("uuid"), raw.text("name_label"), raw.text("name_description", ""),
                PowerState.of(raw.text("power_state")), raw.flag("is_a_template"), raw.flag("is_a_snapshot", false),
                raw.flag("is_control_domain", false), raw.ref("snapshot_of"),
                raw.time("snapshot_time", Instant.EPOCH), raw.refs("snapshots"), raw.refs("VBDs"), raw.refs("VIFs"),
                raw.refs("VTPMs"), raw.ref("suspend_VDI"), raw.ref("resident_on"), raw.ref("guest_metrics"),
                raw.map("blocked_operations"), raw.map("other_config"), raw.texts("tags"), raw);
    }

    /// True of what people call a VM.
    public boolean isMachine() {
        return !isTemplate && !isSnapshot && !isControlDomain;
    }
}
