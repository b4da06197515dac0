package io.xenolith.sim.pool;

import io.xenolith.sim.model.Row;
import io.xenolith.sim.model.Type;

/// What a change of a VM's power does to its devices. Under the database's lock.
public final class Power {
    private static final int PROBLEM = 3;

    private final Pool pool;

    Power(Pool pool) {
        this.pool = pool;
    }

    /// Puts the VM into `Running`, `Paused`, `Halted` or `Suspended`; the first two attach its devices, the others detach
    /// them.
    public void enter(Row vm, String state) {
        boolean runs = state.equals("Running") || state.equals("Paused");
        vm.set("power_state", state);
        vm.set("resident_on", runs ? pool.master().row().ref() : Type.NULL_REF);
        vm.set("domid", runs ? 1L : -1L);
        vm.followAll("VBDs").forEach(vbd -> attach(vbd, runs && !vbd.flag("empty")));
        vm.followAll("VIFs").forEach(vif -> vif.set("currently_attached", runs));
    }

    /// Attaches or detaches one drive. A disk whose change log cannot be trusted stops being tracked when it is attached
    /// to be written.
    public void attach(Row vbd, boolean attached) {
        vbd.set("currently_attached", attached);
        var vdi = vbd.follow("VDI");
        if (attached && vdi != null && vbd.text("mode").equals("RW") && pool.storage().isTrackingSpoilt(vdi)) {
            pool.storage().disableTracking(vdi);
            pool.message("VDI_CBT_METADATA_INCONSISTENT", PROBLEM, "VDI", vdi.uuid(), "");
        }
    }
}
