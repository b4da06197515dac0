package io.xenolith.source.vm.restore;

import io.xenolith.source.vm.description.VmDescription;
import io.xenolith.source.xapi.Xapi;
import io.xenolith.source.xapi.records.Vbd;
import io.xenolith.source.xapi.records.Vm;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/// A machine of a restore point that is held in memory.
record MemoryVm(String name, Optional<String> uuid, boolean template, Optional<VmDescription> description,
        Optional<byte[]> ovaXml, List<StoredDisk> disks) implements StoredVm {

    /// Disks that came without a machine.
    static MemoryVm ofImages(String name, StoredDisk... disks) {
        return new MemoryVm(name, Optional.empty(), false, Optional.empty(), Optional.empty(), List.of(disks));
    }

    /// A halted VM of a pool, with its records, its `ova.xml` and the content of its disks.
    static MemoryVm of(Xapi xapi, String uuid, DiskContent content) throws IOException, InterruptedException {
        return of(xapi, uuid, xapi.vms().byUuid(uuid), content);
    }

    /// A VM of which a snapshot was read.
    static MemoryVm of(Xapi xapi, String uuid, Vm read, DiskContent content) throws IOException, InterruptedException {
        var vm = xapi.vms().byUuid(uuid);
        var drives = xapi.vbds().existing(read.vbds()).stream().filter(Vbd::isDisk)
                .sorted(Comparator.comparing(vbd -> Integer.parseInt(vbd.userDevice()))).toList();
        var byName = new LinkedHashMap<String, Vbd>();
        var disks = new ArrayList<StoredDisk>();
        for (var drive : drives) {
            var name = "xvd" + (char) ('a' + Integer.parseInt(drive.userDevice()));
            byName.put(name, drive);
            disks.add(new MemoryDisk(name, content.of(xapi.vdis().get(drive.vdi()).uuid())));
        }
        try (var tar = new TarArchiveInputStream(new ByteArrayInputStream(xapi.exports().metadata(read.ref())))) {
            tar.getNextEntry();
            return new MemoryVm(vm.name(), Optional.of(vm.uuid()), false,
                    Optional.of(VmDescription.decode(VmDescription.read(xapi, vm, byName).encode())),
                    Optional.of(tar.readAllBytes()), disks);
        }
    }

    interface DiskContent {
        byte[] of(String vdiUuid) throws IOException;
    }

    MemoryVm withoutOva() {
        return new MemoryVm(name, uuid, template, description, Optional.empty(), disks);
    }

    MemoryVm withoutDescription() {
        return new MemoryVm(name, uuid, template, Optional.empty(), ovaXml, disks);
    }

    MemoryVm withOva(byte[] other) {
        return new MemoryVm(name, uuid, template, description, Optional.of(other), disks);
    }

    MemoryVm withDisks(StoredDisk... others) {
        return new MemoryVm(name, uuid, template, description, ovaXml, List.of(others));
    }

    MemoryDisk disk(int index) {
        return (MemoryDisk) disks.get(index);
    }
}
