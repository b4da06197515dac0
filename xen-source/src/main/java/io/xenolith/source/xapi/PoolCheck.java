package io.xenolith.source.xapi;

import io.xenolith.source.xapi.records.Host;
import io.xenolith.source.xapi.records.Network;
import io.xenolith.source.xapi.records.Pbd;
import io.xenolith.source.xapi.records.Pool;
import io.xenolith.source.xapi.records.Sr;
import io.xenolith.source.xapi.records.StorageDriver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/// What a pool offers for backups, and what stands in the way.
///
/// @param name the pool's, or its coordinator's where the pool has none
/// @param findings what is missing, the worst first
public record PoolCheck(String name, Host coordinator, List<Storage> storages, boolean nbd, boolean changeTracking,
        List<Finding> findings) {
    private static final List<String> FOR_BACKUPS = List.of("vm.snapshot", "vm.destroy", "vdi.destroy", "task.create",
            "http/get_export", "http/get_export_metadata", "http/get_export_raw_vdi");
    private static final List<String> FOR_CHANGES = List.of("vdi.enable_cbt", "vdi.data_destroy",
            "vdi.list_changed_blocks", "vdi.get_nbd_info");
    private static final List<String> FOR_RESTORES = List.of("vm.create", "vdi.create", "vbd.create", "vif.create",
            "http/put_import", "http/put_import_metadata", "http/put_import_raw_vdi");

    /// How much a finding keeps from being done.
    public enum Weight {
        /// Backups or restores fail.
        PREVENTS,
        /// Backups read more than they would have to, or another way.
        SLOWS
    }

    /// One thing that is missing, and what to type or do about it.
    public record Finding(Weight weight, String what, String nextStep) {
    }

    /// A storage repository for disks.
    ///
    /// @param tracksChanges whether its driver can
    public record Storage(Sr sr, boolean attached, boolean tracksChanges) {
    }

    /// Asks the pool; changes nothing.
    public static PoolCheck of(Xapi xapi) throws IOException, InterruptedException {
        var pool = xapi.pools().only();
        var coordinator = xapi.hosts().get(pool.master());
        var storages = storages(xapi.srs().all(), xapi.srs().connections(), xapi.srs().drivers());
        var networks = xapi.networks().all();
        var findings = new ArrayList<Finding>();
        findUpgrade(pool, findings);
        findPermissions(xapi.permissions(), findings);
        findStorages(storages, findings);
        boolean tracking = !pool.restricts("restrict_cbt") && storages.stream().anyMatch(Storage::tracksChanges);
        findTracking(pool, storages, findings);
        boolean nbd = networks.stream().anyMatch(PoolCheck::servesNbd);
        findNbd(nbd, networks, findings);
        findings.sort(Comparator.comparing(Finding::weight));
        var name = pool.name().isBlank() ? coordinator.name() : pool.name();
        return new PoolCheck(name, coordinator, storages, nbd, tracking, List.copyOf(findings));
    }

    /// True if nothing prevents backups and restores.
    public boolean isUsable() {
        return findings.stream().noneMatch(finding -> finding.weight == Weight.PREVENTS);
    }

    private static List<Storage> storages(List<Sr> all, List<Pbd> connections, List<StorageDriver> drivers) {
        var attached = connections.stream().filter(Pbd::attached).map(Pbd::sr).collect(Collectors.toSet());
        var tracking = drivers.stream().filter(StorageDriver::tracksChanges).map(StorageDriver::type)
                .collect(Collectors.toSet());
        return all.stream().filter(Sr::holdsDisks)
                .map(sr -> new Storage(sr, attached.contains(sr.ref()), tracking.contains(sr.type())))
                .toList();
    }

    private static void findUpgrade(Pool pool, List<Finding> findings) {
        if (pool.isUpgrading()) {
            findings.add(new Finding(Weight.PREVENTS, "the pool is being upgraded, and refuses snapshots and imports",
                    "finish the upgrade of all hosts"));
        }
    }

    private static void findPermissions(Permissions permissions, List<Finding> findings) {
        missing("back up", Weight.PREVENTS, FOR_BACKUPS, permissions, findings);
        missing("restore", Weight.PREVENTS, FOR_RESTORES, permissions, findings);
        missing("track changed blocks", Weight.SLOWS, FOR_CHANGES, permissions, findings);
    }

    private static void missing(String end, Weight weight, List<String> needed, Permissions permissions,
            List<Finding> findings) {
        var missing = needed.stream().filter(name -> !permissions.allow(name)).toList();
        if (!missing.isEmpty()) {
            findings.add(new Finding(weight, "the account may not %s: it lacks %s"
                    .formatted(end, String.join(", ", missing)),
                    "xe subject-role-add uuid=<uuid of the account, see xe subject-list> role-name=vm-power-admin"));
        }
    }

    private static void findStorages(List<Storage> storages, List<Finding> findings) {
        for (var storage : storages) {
            if (!storage.attached) {
                findings.add(new Finding(Weight.SLOWS,
                        "no host has the storage '%s' attached; its disks cannot be read".formatted(storage.sr.name()),
                        "xe pbd-list sr-uuid=%s; xe pbd-plug uuid=<uuid of the PBD>"
                        .formatted(storage.sr.uuid())));
            }
        }
    }

    private static void findTracking(Pool pool, List<Storage> storages, List<Finding> findings) {
        if (pool.restricts("restrict_cbt")) {
            findings.add(new Finding(Weight.SLOWS, "the licence does not include changed block tracking",
                    "xe pool-apply-edition edition=<an edition that does>; until then every backup reads whole disks"));
            return;
        }
        for (var storage : storages) {
            if (!storage.tracksChanges) {
                findings.add(new Finding(Weight.SLOWS, "the storage '%s' of type %s does not track changed blocks"
                        .formatted(storage.sr.name(), storage.sr.type()),
                        "backups of its disks read everything; move disks to a storage of type ext, nfs or lvm"));
            }
        }
    }

    private static void findNbd(boolean nbd, List<Network> networks, List<Finding> findings) {
        if (!nbd) {
            var uuid = networks.isEmpty() ? "<uuid of a network>" : networks.getFirst().uuid();
            findings.add(new Finding(Weight.SLOWS, "no network serves disks by NBD",
                    "xe network-param-add uuid=%s param-name=purpose param-key=nbd (one of: %s)".formatted(
                            uuid, networks.stream().map(Network::name).collect(Collectors.joining(", ")))));
        }
    }

    private static boolean servesNbd(Network network) {
        return network.purpose().contains("nbd") || network.purpose().contains("insecure_nbd");
    }
}
