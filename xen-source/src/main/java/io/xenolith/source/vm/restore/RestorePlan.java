package io.xenolith.source.vm.restore;

import io.xenolith.source.vm.description.OvaDocument;
import io.xenolith.source.xapi.records.Network;
import io.xenolith.source.xapi.records.Sr;
import io.xenolith.source.xapi.records.Vdi;
import io.xenolith.source.xapi.records.Vm;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a restore is going to do. Nothing is decided any more.
///
/// @param existing    the VM that is replaced, or that disks are attached to
/// @param name        of the VM in the end
/// @param document    that the VM is made from, of one halted VM with exactly `disks`
/// @param readsXxhash whether the pool's hosts understand the checksums of newer archives
/// @param notes       what will be otherwise than in the restore point
public record RestorePlan(StoredVm vm, RestoreRequest request, List<Disk> disks, List<Card> cards,
        Optional<Vm> existing, String name, Optional<OvaDocument> document, boolean readsXxhash, List<String> notes) {

    /// A disk to be made.
    ///
    /// @param position    at the VM, or empty for the first free one
    /// @param description what the pool will show under the label
    /// @param over        the disk in the pool to lay what differs over
    public record Disk(StoredDisk stored, String position, boolean bootable, boolean readOnly, String label,
            String description, Sr storage, Optional<Over> over) {
    }

    /// @param base of the same size
    public record Over(Vdi base, Base differing) {
    }

    /// A network card to be made.
    ///
    /// @param mac empty for a new one
    public record Card(String device, String mac, long mtu, Map<String, String> otherConfig, Network network) {
    }

    public RestorePlan {
        disks = List.copyOf(disks);
        cards = List.copyOf(cards);
        notes = List.copyOf(notes);
    }

    /// No record: they hold secrets.
    @Override
    public String toString() {
        return "restore of '%s': %s, %d disks, %d cards"
                .formatted(vm.name(), request.destination(), disks.size(), cards.size());
    }
}
