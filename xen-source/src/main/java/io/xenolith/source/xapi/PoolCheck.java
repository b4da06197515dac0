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
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// What a pool offers for backups, and what stands in the way.
///
/// @param name the pool's, or its coordinator's where the pool has none
/// @param abilities what the account may do
/// @param findings what is missing, the worst first
public record PoolCheck(String name, Host coordinator, List<Storage> storages, boolean nbd, boolean changeTracking,
        Set<Ability> abilities, List<Finding> findings) {

    /// What an account may do, as far as its role goes.
    public enum Ability {
        BACK_UP("back up", Weight.PREVENTS, "vm.snapshot", "vm.destroy", "vdi.destroy", "task.create", "http/get_export",
                "http/get_export_metadata", "http/get_export_raw_vdi"),
        RESTORE("restore", Weight.PREVENTS, "vm.create", "vdi.create", "vbd.create", "vif.create", "http/put_import",
                "http/put_import_metadata", "http/put_import_raw_vdi"),
        TRACK_CHANGES("track changed blocks", Weight.SLOWS, "vdi.enable_cbt", "vdi.data_destroy", "vdi.list_changed_blocks",
                "vdi.get_nbd_info");

        private final String words;
        private final Weight ifMissing;
        private final List<String> needed;

        Ability(String words, Weight ifMissing, String... needed) {
            this.words = words;
            this.ifMissing = ifMissing;
            this.needed = List.of(needed);
        }

        /// For a sentence, such as `back up`.
        @Override
        public String toString() {
            return words;
        }

        private List<String> lackedBy(Permissions permissions) {
            return needed.stream().filter(name -> !permissions.allow(name)).toList();
        }
    }

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
        var abilities = findAbilities(xapi.permissions(), findings);
        findStorages(storages, findings);
        boolean tracking = !pool.restricts("restrict_cbt") && storages.stream().anyMatch(Storage::tracksChanges);
        findTracking(pool, storages, findings);
        boolean nbd = networks.stream().anyMatch(PoolCheck::servesNbd);
        findNbd(nbd, networks, findings);
        findings.sort(Comparator.comparing(Finding::weight));
        var name = pool.name().isBlank() ? coordinator.name() : pool.name();
        return new PoolCheck(name, coordinator, storages, nbd, tracking, abilities, List.copyOf(findings));
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

    private static Set<Ability> findAbilities(Permissions permissions, List<Finding> findings) {
        var abilities = EnumSet.noneOf(Ability.class);
        for (var ability : Ability.values()) {
            var missing = ability.lackedBy(permissions);
            if (missing.isEmpty()) {
                abilities.add(ability);
            } else {
                findings.add(new Finding(ability.ifMissing, "the account may not %s: it lacks %s"
                        .formatted(ability, String.join(", ", missing)),
                        "xe subject-role-add uuid=<uuid of the account, see xe subject-list> role-name=vm-power-admin"));
            }
        }
        return abilities;
    }

    private static void findStorages(List<Storage> storages, List<Finding> findings) {
        for (var storage : storages) {
            if (!storage.attached) {
                findings.add(new Finding(Weight.SLOWS, "no host has the storage '%s' attached; disks on it cannot be read"
                        .formatted(storage.sr.name()), "xe pbd-list sr-uuid=%s; xe pbd-plug uuid=<uuid of the PBD>"
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
