package io.xenolith.source.vm.description;

import io.xenolith.source.xapi.Xapi;
import io.xenolith.source.xapi.records.Network;
import io.xenolith.source.xapi.records.Ref;
import io.xenolith.source.xapi.records.Sr;
import io.xenolith.source.xapi.records.Vbd;
import io.xenolith.source.xapi.records.Vdi;
import io.xenolith.source.xapi.records.Vif;
import io.xenolith.source.xapi.records.Vm;
import io.xenolith.source.xapi.records.VmGuestMetrics;
import io.xenolith.source.xapi.records.Vtpm;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// A VM as its pool described it: every field of its records, and of those of its storage and networks. Holds secrets
/// (keys of its firmware, whatever somebody put into `xenstore_data`), and so tells nothing of itself in messages.
///
/// @param product      of the pool's coordinator, such as `XCP-ng 8.2.1`
/// @param toolstack    of that host, which no older one takes a VM from
/// @param vm           a machine, a snapshot or a template
/// @param vbds         its drives, CD drives among them
/// @param vdis         what is in them
/// @param guestMetrics what its tools reported, if it ran and has some
/// @param disks        which disk of the restore point, by its name there, is in which of `vbds`; by position
public record VmDescription(String product, ToolstackVersion toolstack, Vm vm, List<Vbd> vbds, List<Vif> vifs,
        List<Vtpm> vtpms, List<Vdi> vdis, List<Network> networks, List<Sr> storages,
        Optional<VmGuestMetrics> guestMetrics, Map<String, Ref<Vbd>> disks) {

    /// What the file is called in a restore point.
    public static final String FILE_NAME = "vm.json";

    public VmDescription {
        vbds = List.copyOf(vbds);
        vifs = List.copyOf(vifs);
        vtpms = List.copyOf(vtpms);
        vdis = List.copyOf(vdis);
        networks = List.copyOf(networks);
        storages = List.copyOf(storages);
        disks = Collections.unmodifiableMap(new LinkedHashMap<>(disks));
    }

    /// Reads a VM and all that belongs to it from its pool.
    ///
    /// @param disksByName the drives of the restore point's disks, by name: the VM's own, or those of a snapshot of it,
    ///     which take the place of its own
    public static VmDescription read(Xapi xapi, Vm vm, Map<String, Vbd> disksByName)
            throws IOException, InterruptedException {
        var vbds = drives(xapi.vbds().existing(vm.vbds()), disksByName);
        var vifs = xapi.vifs().existing(vm.vifs());
        var vtpms = xapi.vtpms().existing(vm.vtpms());
        var vdis = xapi.vdis().existing(vbds.stream().map(Vbd::vdi).filter(ref -> !ref.isNone()).distinct().toList());
        var networks = xapi.networks().existing(vifs.stream().map(Vif::network).distinct().toList());
        var storages = xapi.srs().existing(vdis.stream().map(Vdi::sr).distinct().toList());
        var host = xapi.hosts().get(xapi.pools().only().master());
        var disks = new LinkedHashMap<String, Ref<Vbd>>();
        disksByName.forEach((name, vbd) -> disks.put(name, vbd.ref()));
        return new VmDescription(host.product(), ToolstackVersion.of(host).orElse(ToolstackVersion.OLDEST), vm, vbds,
                vifs, vtpms, vdis, networks, storages, xapi.vms().guestMetrics(vm), disks);
    }

    private static List<Vbd> drives(List<Vbd> own, Map<String, Vbd> disksByName) {
        var taken = disksByName.values().stream().map(Vbd::userDevice).collect(Collectors.toSet());
        var drives = new ArrayList<>(disksByName.values());
        own.stream().filter(vbd -> !taken.contains(vbd.userDevice())).forEach(drives::add);
        return List.copyOf(new LinkedHashSet<>(drives));
    }

    /// The content of [#FILE_NAME].
    public byte[] encode() {
        return VmJson.encode(this);
    }

    /// Reads the content of [#FILE_NAME], and believes nothing of it.
    ///
    /// @throws VmDescriptionException if it is damaged, too long, or of a newer version
    public static VmDescription decode(byte[] json) throws VmDescriptionException {
        return VmJson.decode(json);
    }

    /// The drive of a disk of the restore point, by its name there.
    public Optional<Vbd> drive(String disk) {
        var ref = disks.get(disk);
        return vbds.stream().filter(vbd -> vbd.ref().equals(ref)).findFirst();
    }

    /// What is in a drive.
    public Optional<Vdi> vdi(Vbd vbd) {
        return vdis.stream().filter(vdi -> vdi.ref().equals(vbd.vdi())).findFirst();
    }

    /// Where a disk lay.
    public Optional<Sr> storage(Vdi vdi) {
        return storages.stream().filter(sr -> sr.ref().equals(vdi.sr())).findFirst();
    }

    /// What a card was connected to.
    public Optional<Network> network(Vif vif) {
        return networks.stream().filter(network -> network.ref().equals(vif.network())).findFirst();
    }

    /// The `ova.xml` that follows from this; without the content of a virtual TPM.
    public OvaDocument toOva() {
        return DescriptionOva.of(this);
    }

    /// No record: they hold secrets.
    @Override
    public String toString() {
        return "description of the VM '%s' (%s)".formatted(vm.name(), vm.uuid());
    }
}
