package io.xenolith.source.vm.restore;

import io.xenolith.source.xapi.Imports;
import io.xenolith.source.xapi.Xapi;
import io.xenolith.source.xapi.error.XapiException;
import io.xenolith.source.xapi.records.PowerState;
import io.xenolith.source.xapi.records.Vbd;
import io.xenolith.source.xapi.records.Vdi;
import io.xenolith.source.xapi.records.Vm;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The VM that a restore replaces. Its record goes in the moment in which the restored one takes its uuid; what it was is
/// kept here until then and after, and its disks stay, so that it can be put back as it was.
final class ReplacedVm {
    private final Xapi xapi;
    private final Vm vm;
    private List<Held> disks = List.of();
    private byte[] metadata = {};
    private boolean wasRunning;
    private boolean aside;

    ReplacedVm(Xapi xapi, Vm vm) {
        this.xapi = xapi;
        this.vm = vm;
    }

    /// One of its disks, and where it was.
    record Held(Vbd drive, Vdi vdi) {
    }

    /// Shuts it down if it runs, remembers what it is, and renames it.
    void stepAside() throws IOException, InterruptedException {
        aside = true;
        wasRunning = vm.powerState() == PowerState.RUNNING || vm.powerState() == PowerState.PAUSED;
        if (wasRunning) {
            shutDown();
        }
        disks = disks();
        metadata = Patience.get(() -> xapi.exports().metadata(vm.ref()));
        xapi.vms().setName(vm.ref(), vm.name() + " (being replaced)");
    }

    private void shutDown() throws IOException, InterruptedException {
        try {
            Patience.run(() -> xapi.vms().cleanShutdown(vm.ref()));
        } catch (XapiException e) {
            xapi.vms().hardShutdown(vm.ref()); // it has no tools, or is paused
        }
    }

    private List<Held> disks() throws IOException, InterruptedException {
        var found = new ArrayList<Held>();
        for (var vbd : xapi.vbds().existing(vm.vbds())) {
            if (vbd.isDisk()) {
                xapi.vdis().existing(List.of(vbd.vdi())).forEach(vdi -> found.add(new Held(vbd, vdi)));
            }
        }
        return found;
    }

    /// Its disks where nothing was restored.
    List<Held> kept(Set<String> restoredPositions) {
        return disks.stream().filter(disk -> !restoredPositions.contains(disk.drive().userDevice())).toList();
    }

    /// Removes the disks that were restored, unless somebody else has them too.
    ///
    /// @return what could not be removed, as sentences
    List<String> removeDisks(Set<String> restoredPositions) throws InterruptedException {
        var notes = new ArrayList<String>();
        for (var disk : disks) {
            if (!restoredPositions.contains(disk.drive().userDevice())) {
                continue;
            }
            try {
                Patience.run(() -> remove(disk.vdi(), notes));
            } catch (IOException e) {
                notes.add("the old disk '%s' (%s) is still there: %s"
                        .formatted(disk.vdi().name(), disk.vdi().uuid(), e.getMessage()));
            }
        }
        return notes;
    }

    private void remove(Vdi old, List<String> notes) throws IOException, InterruptedException {
        for (var now : xapi.vdis().existing(List.of(old.ref()))) {
            if (now.vbds().isEmpty()) {
                xapi.vdis().destroy(now.ref());
            } else {
                notes.add("the old disk '%s' (%s) is still there, another VM has it".formatted(now.name(), now.uuid()));
            }
        }
    }

    /// Undoes [#stepAside()] and the import that took its place, of which nothing is left.
    ///
    /// @return what could not be undone, as sentences
    List<String> putBack() throws InterruptedException {
        if (!aside) {
            return List.of();
        }
        try {
            var now = xapi.vms().find(vm.uuid());
            if (now.isEmpty()) {
                xapi.imports().metadata(metadata, Imports.Identity.RESTORED, Map.of());
                now = xapi.vms().find(vm.uuid());
            }
            var back = now.orElseThrow(() -> new IOException("it was imported, and is not there")).ref();
            xapi.vms().setName(back, vm.name());
            if (wasRunning && xapi.vms().get(back).powerState() == PowerState.HALTED) {
                Patience.run(() -> xapi.vms().start(back));
            }
            return List.of();
        } catch (IOException e) {
            return List.of("the replaced VM '%s' (%s) is not as it was, its disks are there: %s"
                    .formatted(vm.name(), vm.uuid(), e.getMessage()));
        }
    }
}
