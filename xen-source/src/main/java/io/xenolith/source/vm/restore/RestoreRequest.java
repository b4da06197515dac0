package io.xenolith.source.vm.restore;

import io.xenolith.source.xva.NewOva;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What a restore is to do.
///
/// @param disks        names of the disks to restore; all if there are none
/// @param start        whether the VM is started in the end
/// @param verify       whether all disks are read back and compared before the restore counts as whole
/// @param forOlderHost whether a VM that a newer host described is claimed to be of this one's age; fields that it does
///                     not know are lost
/// @param hardware     of a VM that nothing describes
/// @param bases        disks to lay only what differs over, by name
public record RestoreRequest(Destination destination, Way way, Set<String> disks, Storages storages, Cards cards,
        boolean start, boolean verify, boolean forOlderHost, Hardware hardware, Map<String, Base> bases) {

    /// How the data gets into the pool.
    public enum Way {
        /// Disk by disk, before there is a VM.
        DISKS,
        /// VM and disks in one stream, to one storage.
        XVA
    }

    /// Where disks go, each storage by its uuid or name. The first of these that holds: by where the disk lay, the one
    /// for all, where it lay if the VM returns under its own uuid, and the pool's default.
    ///
    /// @param byOld new storage by old one
    public record Storages(Optional<String> all, Map<String, String> byOld) {
        public Storages {
            byOld = Map.copyOf(byOld);
        }
    }

    /// What becomes of network cards.
    ///
    /// @param keepMacs new addresses otherwise; a VM that returns under its own uuid keeps them in any case
    /// @param networks new network by old one, each by its uuid or name; others are looked for by uuid, name and bridge
    /// @param leaveOut whether a card without a network is left out; otherwise that is refused
    public record Cards(boolean keepMacs, Map<String, String> networks, boolean leaveOut) {
        public Cards {
            networks = Map.copyOf(networks);
        }
    }

    /// @param memoryBytes from 16 MiB on
    public record Hardware(long memoryBytes, int vcpus, NewOva.Firmware firmware) {
    }

    public RestoreRequest {
        disks = Set.copyOf(disks);
        bases = Map.copyOf(bases);
    }

    /// Everything as usual: by disks, to the pool's default storage, with new MAC addresses, not started.
    public static RestoreRequest to(Destination destination) {
        return new RestoreRequest(destination, Way.DISKS, Set.of(), new Storages(Optional.empty(), Map.of()),
                new Cards(false, Map.of(), false), false, false, false,
                new Hardware(2L << 30, 2, NewOva.Firmware.BIOS), Map.of());
    }

    public RestoreRequest by(Way other) {
        return new RestoreRequest(destination, other, disks, storages, cards, start, verify, forOlderHost, hardware, bases);
    }

    public RestoreRequest only(Set<String> others) {
        return new RestoreRequest(destination, way, others, storages, cards, start, verify, forOlderHost, hardware, bases);
    }

    public RestoreRequest with(Storages others) {
        return new RestoreRequest(destination, way, disks, others, cards, start, verify, forOlderHost, hardware, bases);
    }

    public RestoreRequest with(Cards others) {
        return new RestoreRequest(destination, way, disks, storages, others, start, verify, forOlderHost, hardware, bases);
    }

    public RestoreRequest with(Hardware other) {
        return new RestoreRequest(destination, way, disks, storages, cards, start, verify, forOlderHost, other, bases);
    }

    public RestoreRequest over(Map<String, Base> others) {
        return new RestoreRequest(destination, way, disks, storages, cards, start, verify, forOlderHost, hardware, others);
    }

    public RestoreRequest started() {
        return new RestoreRequest(destination, way, disks, storages, cards, true, verify, forOlderHost, hardware, bases);
    }

    public RestoreRequest verified() {
        return new RestoreRequest(destination, way, disks, storages, cards, start, true, forOlderHost, hardware, bases);
    }

    public RestoreRequest forOlderHosts() {
        return new RestoreRequest(destination, way, disks, storages, cards, start, verify, true, hardware, bases);
    }

    /// Whether a VM returns under its own uuid.
    boolean keepsIdentity() {
        return destination instanceof Destination.Original || destination instanceof Destination.Replacement;
    }
}
