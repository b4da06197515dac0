package io.xenolith.source.vm.restore;

import io.xenolith.source.xapi.Xapi;
import io.xenolith.source.xapi.records.PowerState;
import io.xenolith.source.xapi.records.Ref;
import io.xenolith.source.xapi.records.Vdi;
import io.xenolith.source.xapi.records.Vm;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/// Marks what a restore makes until it is whole, and finds it again. So even what was made by a call whose answer got
/// lost is found; and what a killed program leaves behind tells what it is.
public final class Mark {
    /// In `other_config` of VMs and disks.
    public static final String KEY = "xenolith:restoring";

    private final String value = UUID.randomUUID().toString();
    private final Set<Ref<Vdi>> released = new HashSet<>();

    String value() {
        return value;
    }

    Map<String, String> otherConfig() {
        return Map.of(KEY, value);
    }

    private boolean marks(Map<String, String> otherConfig) {
        return value.equals(otherConfig.get(KEY));
    }

    /// Removes everything that bears the mark, VMs first, and disks that bore it.
    ///
    /// @return what could not be removed, as sentences
    List<String> removeAll(Xapi xapi) throws InterruptedException {
        var left = new ArrayList<String>();
        try {
            for (var vm : xapi.vms().all()) {
                if (marks(vm.otherConfig())) {
                    remove("VM '%s' (%s)".formatted(vm.name(), vm.uuid()), left, () -> destroy(xapi, vm));
                }
            }
            for (var vdi : xapi.vdis().all()) {
                if (marks(vdi.otherConfig()) && vdi.managed() || released.contains(vdi.ref())) {
                    remove("disk '%s' (%s)".formatted(vdi.name(), vdi.uuid()), left, () -> destroy(xapi, vdi));
                }
            }
        } catch (IOException e) {
            left.add("what bears other-config:%s=%s could not be looked for: %s".formatted(KEY, value, e.getMessage()));
        }
        return left;
    }

    private static void remove(String what, List<String> left, Patience.Action removal) throws InterruptedException {
        try {
            Patience.run(removal);
        } catch (IOException e) {
            left.add("%s is still there: %s".formatted(what, e.getMessage()));
        }
    }

    private static void destroy(Xapi xapi, Vm vm) throws IOException, InterruptedException {
        if (vm.powerState() != PowerState.HALTED) {
            xapi.vms().hardShutdown(vm.ref());
        }
        xapi.vms().destroy(vm.ref());
    }

    private static void destroy(Xapi xapi, Vdi vdi) throws IOException, InterruptedException {
        for (var vbd : xapi.vbds().existing(xapi.vdis().existing(List.of(vdi.ref())).stream()
                .flatMap(now -> now.vbds().stream()).toList())) {
            if (vbd.attached() && !xapi.vms().get(vbd.vm()).isControlDomain()) {
                xapi.vbds().unplug(vbd.ref());
            }
        }
        xapi.vdis().destroy(vdi.ref());
    }

    /// Takes the mark off. The VM comes last: with its mark, the restore is whole.
    void release(Xapi xapi, List<Ref<Vdi>> disks, List<Ref<Vm>> vms) throws IOException, InterruptedException {
        for (var disk : disks) {
            released.add(disk);
            xapi.vdis().removeOtherConfig(disk, KEY);
        }
        for (var vm : vms) {
            xapi.vms().removeOtherConfig(vm, KEY);
        }
    }
}
