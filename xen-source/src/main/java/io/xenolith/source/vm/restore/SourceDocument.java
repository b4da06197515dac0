package io.xenolith.source.vm.restore;

import io.xenolith.source.vm.description.OvaDocument;
import io.xenolith.source.vm.description.OvaObject;
import io.xenolith.source.vm.description.ToolstackVersion;
import io.xenolith.source.vm.description.VmDescriptionException;
import io.xenolith.source.xapi.records.Vbd;
import io.xenolith.source.xva.NewDisk;
import io.xenolith.source.xva.NewOva;
import io.xenolith.source.xva.Ova;
import io.xenolith.source.xva.OvaException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// What a VM is made from: the best description that its restore point has.
///
/// @param positions where each disk of the restore point belongs, by its name
/// @param notes     what the description lacks
record SourceDocument(OvaDocument ova, Map<String, String> positions, List<String> notes) {

    /// The restore point's `ova.xml`, or one that follows from its records, or a plain one.
    ///
    /// @throws VmDescriptionException if there is an `ova.xml`, but no sense in it
    static SourceDocument of(StoredVm vm, List<StoredDisk> disks, RestoreRequest.Hardware hardware)
            throws VmDescriptionException {
        var stored = vm.ovaXml();
        var positions = positions(vm, disks, stored);
        var notes = new ArrayList<String>();
        if (stored.isPresent()) {
            var ova = OvaDocument.parse(stored.get());
            if (hasDisks(ova, positions.values())) {
                return new SourceDocument(ova, positions, notes);
            }
            notes.add("the stored ova.xml lacks some of the disks, and is not used");
        }
        if (vm.description().isPresent()) {
            var ova = vm.description().get().toOva();
            if (hasDisks(ova, positions.values())) {
                if (!vm.description().get().vtpms().isEmpty()) {
                    notes.add("the virtual TPM is empty: its content is only in an ova.xml, which the restore point lacks");
                }
                return new SourceDocument(ova, positions, notes);
            }
        }
        notes.add("nothing describes the VM: it has %d MiB of memory, %d processors, %s firmware and no network card"
                .formatted(hardware.memoryBytes() >> 20, hardware.vcpus(), hardware.firmware()));
        return new SourceDocument(plain(vm, disks, positions, hardware), positions, notes);
    }

    private static boolean hasDisks(OvaDocument ova, Iterable<String> positions) {
        for (var position : positions) {
            if (drive(ova, position).flatMap(vbd -> ova.object("VDI", vbd.text("VDI"))).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private static Optional<OvaObject> drive(OvaDocument ova, String position) {
        return ova.all("VBD").stream().filter(vbd -> !vbd.isCd() && vbd.text("userdevice").equals(position)).findFirst();
    }

    private static Map<String, String> positions(StoredVm vm, List<StoredDisk> disks, Optional<byte[]> ovaXml)
            throws VmDescriptionException {
        var known = known(ovaXml);
        var positions = new LinkedHashMap<String, String>();
        var taken = new HashSet<String>();
        for (var disk : disks) {
            var described = vm.description().flatMap(description -> description.drive(disk.name())).map(Vbd::userDevice)
                    .or(() -> Optional.ofNullable(known.get(disk.name())))
                    .or(() -> ofName(disk.name()))
                    .filter(position -> !taken.contains(position));
            var position = described.orElseGet(() -> firstFree(taken));
            taken.add(position);
            positions.put(disk.name(), position);
        }
        return positions;
    }

    private static Map<String, String> known(Optional<byte[]> ovaXml) throws VmDescriptionException {
        var known = new LinkedHashMap<String, String>();
        if (ovaXml.isPresent()) {
            try {
                Ova.parse(ovaXml.get()).streamedDisks().stream().filter(disk -> !disk.userdevice().isEmpty())
                        .forEach(disk -> known.put(disk.name(), disk.userdevice()));
            } catch (OvaException e) {
                OvaDocument.parse(ovaXml.get()); // says what is wrong, unless only the sizes are
            }
        }
        return known;
    }

    /// `xvda` is the first one.
    private static Optional<String> ofName(String name) {
        return name.matches("xvd[a-z]") ? Optional.of(Integer.toString(name.charAt(3) - 'a')) : Optional.empty();
    }

    private static String firstFree(Set<String> taken) {
        int position = 0;
        while (taken.contains(Integer.toString(position))) {
            position++;
        }
        return Integer.toString(position);
    }

    private static OvaDocument plain(StoredVm vm, List<StoredDisk> disks, Map<String, String> positions,
            RestoreRequest.Hardware hardware) throws VmDescriptionException {
        var made = new ArrayList<NewDisk>();
        for (var disk : disks) {
            int position = Integer.parseInt(positions.get(disk.name()));
            var uuid = UUID.nameUUIDFromBytes((vm.name() + " " + disk.name()).getBytes(StandardCharsets.UTF_8));
            made.add(new NewDisk(uuid, label(disk), NewDisk.sizeFor(disk.size()), position, position == 0));
        }
        var ova = new NewOva(UUID.randomUUID(), vm.name(), "", hardware.memoryBytes(),
                hardware.vcpus(), hardware.firmware(), made);
        return OvaDocument.parse(ova.xml()).claiming(ToolstackVersion.OLDEST);
    }

    /// What to call a disk that nobody named otherwise.
    static String label(StoredDisk disk) {
        return disk.label().isEmpty() ? disk.name() : disk.label();
    }

    /// The drive of a disk of the restore point.
    OvaObject drive(StoredDisk disk) {
        return drive(ova, positions.get(disk.name())).orElseThrow();
    }

    /// What the VM's pool knew of a disk of the restore point.
    OvaObject vdi(StoredDisk disk) {
        return ova.object("VDI", drive(disk).text("VDI")).orElseThrow();
    }
}
