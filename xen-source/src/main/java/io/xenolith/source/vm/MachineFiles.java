package io.xenolith.source.vm;

import io.xenolith.source.vm.description.OvaEdit;
import io.xenolith.source.vm.description.VmDescription;
import io.xenolith.source.vm.description.VmDescriptionException;
import io.xenolith.source.xapi.Xapi;
import io.xenolith.source.xapi.error.XapiException;
import io.xenolith.source.xapi.records.Vbd;
import io.xenolith.source.xapi.records.Vm;
import io.xenolith.source.xva.XvaReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The files that describe a machine beside its disks: its records, and an `ova.xml` as an export of the halted machine
/// would have it, firmware variables and virtual TPM included.
final class MachineFiles {

    private static final String OVA_XML = "ova.xml";

    private MachineFiles() {
    }

    /// @param notes takes why one of the files is missing
    static Map<String, byte[]> of(Xapi xapi, VmSnapshot snapshot, List<String> notes) throws IOException, InterruptedException {
        var drives = new LinkedHashMap<String, Vbd>();
        var sizes = new LinkedHashMap<String, Long>();
        for (var disk : snapshot.disks().wanted()) {
            drives.put(disk.name(), disk.vbd());
            sizes.put(disk.vbd().userDevice(), snapshot.of(disk).virtualSize());
        }
        var vm = snapshot.vm();
        var files = new LinkedHashMap<String, byte[]>();
        files.put(VmDescription.FILE_NAME, VmDescription.read(xapi, vm, drives).encode());
        try {
            var edit = new OvaEdit(vm.uuid(), vm.name(), vm.isTemplate(), sizes, Optional.empty());
            files.put(OVA_XML, edit.apply(ovaXml(xapi, snapshot.frozen())));
        } catch (XapiException | VmDescriptionException e) {
            notes.add("The host gave no ova.xml of the machine, so its virtual TPM is not in the restore point: " + e.getMessage());
        }
        return files;
    }

    private static byte[] ovaXml(Xapi xapi, Vm snapshot) throws IOException, InterruptedException {
        var tar = xapi.exports().metadata(snapshot.ref());
        try (var xva = XvaReader.open(new ByteArrayInputStream(tar), "the metadata of " + snapshot.name())) {
            return xva.ovaXml();
        }
    }
}
