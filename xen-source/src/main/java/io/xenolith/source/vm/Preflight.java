package io.xenolith.source.vm;

import io.xenolith.source.xapi.Xapi;
import io.xenolith.source.xapi.records.Vdi;
import io.xenolith.source.xapi.records.Vm;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// Looks for what would make a snapshot fail or harm, before it is taken.
record Preflight(Xapi xapi) {

    /// Storage takes chains of 30; the snapshot adds one, and coalescing needs room.
    private static final int MAX_CHAIN = 27;

    /// Below this, a storage that reserves whole disks has no room for a snapshot's bookkeeping.
    private static final long MIN_FREE_BYTES = 64L << 20;

    private static final Set<String> THICK = Set.of("lvm", "lvmoiscsi", "lvmohba", "lvmofcoe");

    /// @throws VmNotReadyException if something is in the way
    void check(Vm vm, VmDisks disks) throws IOException, InterruptedException {
        requireQuietPool(vm);
        requireQuietVm(vm);
        var chains = new Chains();
        for (var disk : disks.wanted()) {
            int depth = chains.depth(disk.vdi());
            if (depth > MAX_CHAIN) {
                throw new VmNotReadyException(vm.name(), ("the snapshots of %s form a chain of %d, and storage takes 30; remove"
                        + " snapshots and wait until the host has coalesced them").formatted(disk.name(), depth));
            }
            requireRoom(vm, disk);
        }
    }

    private void requireQuietPool(Vm vm) throws IOException, InterruptedException {
        if (xapi.pools().only().isUpgrading()) {
            throw new VmNotReadyException(vm.name(), "the pool is being upgraded; finish the upgrade of all hosts");
        }
    }

    private static void requireQuietVm(Vm vm) throws IOException {
        var blocked = vm.blockedOperations().get("snapshot");
        if (blocked != null) {
            throw new VmNotReadyException(vm.name(), "snapshots of it are blocked (%s); 'xe vm-param-remove uuid=%s"
                    .formatted(blocked, vm.uuid()) + " param-name=blocked-operations param-key=snapshot' allows them again");
        }
        for (var operation : vm.raw().map("current_operations").values()) {
            if (operation.contains("migrate")) {
                throw new VmNotReadyException(vm.name(), "it is migrating; wait until that is done");
            }
        }
    }

    private static void requireRoom(Vm vm, VmDisk disk) throws IOException {
        var sr = disk.sr();
        long needed = THICK.contains(sr.type()) ? disk.vdi().virtualSize() : MIN_FREE_BYTES;
        if (sr.physicalSize() > 0 && sr.free() < needed) {
            throw new VmNotReadyException(vm.name(), ("the storage '%s' has %d MiB left, and a snapshot of %s may need %d; make"
                    + " room").formatted(sr.name(), sr.free() >> 20, disk.name(), needed >> 20));
        }
    }

    /// How deep disks lie, asked of the pool as far as needed.
    private final class Chains {
        private Map<String, Vdi> byUuid;

        int depth(Vdi disk) throws IOException, InterruptedException {
            int depth = 1;
            var parent = disk.smConfig().get("vhd-parent");
            while (parent != null && depth <= MAX_CHAIN + 1) {
                depth++;
                var next = all().get(parent);
                parent = next == null ? null : next.smConfig().get("vhd-parent");
            }
            return depth;
        }

        private Map<String, Vdi> all() throws IOException, InterruptedException {
            if (byUuid == null) {
                byUuid = new HashMap<>();
                for (var vdi : xapi.vdis().all()) {
                    byUuid.put(vdi.uuid(), vdi);
                }
            }
            return byUuid;
        }
    }
}
