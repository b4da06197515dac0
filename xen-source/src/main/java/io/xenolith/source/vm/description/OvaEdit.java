package io.xenolith.source.vm.description;

import static io.xenolith.source.vm.description.OvaDocument.EPOCH;
import static io.xenolith.source.vm.description.OvaDocument.NONE;
import static io.xenolith.source.vm.description.OvaDocument.NO_ENTRIES;
import static io.xenolith.source.vm.description.OvaDocument.NO_ITEMS;

import io.xenolith.source.xmlvalue.XmlValue;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Turns an `ova.xml` of a running VM, of a snapshot or of a whole family of them into that of one halted VM with
/// exactly the disks that a restore point has. Everything else stays: firmware variables, virtual TPM, cards.
///
/// @param uuid     of the VM, which it gets back if it is imported under its old identity; a snapshot has another
/// @param name     of the VM; a snapshot has another
/// @param template whether a template is to come out of it
/// @param sizes    the restore point's disks: bytes by position among the VM's drives, a decimal number
/// @param version  the toolstack that it is to claim, so that an older host takes it; otherwise that of its host
public record OvaEdit(String uuid, String name, boolean template, Map<String, Long> sizes,
        Optional<ToolstackVersion> version) {
    /// Keys of the VM's `other_config` that say what it was to its host, not what it is.
    private static final Set<String> NOT_FOR_RESTORES = Set.of("default_template", "import_task", "xensource_internal",
            "maps_to");

    public OvaEdit {
        sizes = Map.copyOf(sizes);
    }

    /// The edited document.
    ///
    /// @throws VmDescriptionException if it is no `ova.xml` of one VM, or lacks one of the disks
    public byte[] apply(byte[] ovaXml) throws VmDescriptionException {
        return apply(OvaDocument.parse(ovaXml)).encode();
    }

    /// As [#apply(byte[])], of a document that was taken apart.
    public OvaDocument apply(OvaDocument ova) throws VmDescriptionException {
        var machine = ova.machine();
        requireDisks(ova, machine);
        var dropped = dropped(ova, machine);
        var kept = new ArrayList<OvaObject>();
        for (var object : ova.objects()) {
            if (!dropped.contains(object.id())) {
                kept.add(edited(withoutReferences(object, dropped), ova, dropped));
            }
        }
        var edited = ova.withObjects(kept);
        return version.map(edited::claiming).orElse(edited);
    }

    private void requireDisks(OvaDocument ova, OvaObject machine) throws VmDescriptionException {
        for (var position : sizes.keySet()) {
            if (ova.all("VBD").stream().noneMatch(vbd -> isDisk(vbd, machine) && vbd.text("userdevice").equals(position)
                    && ova.object("VDI", vbd.text("VDI")).isPresent())) {
                throw new VmDescriptionException("the ova.xml has no disk at position %s, where the restore point has one"
                        .formatted(position));
            }
        }
    }

    private static boolean isDisk(OvaObject object, OvaObject machine) {
        return object.is("VBD") && object.text("VM").equals(machine.id()) && !object.isCd();
    }

    /// What is of another VM, disks that are not in the restore point, and memory.
    private Set<String> dropped(OvaDocument ova, OvaObject machine) {
        var dropped = new HashSet<String>();
        ova.all("VM").stream().filter(vm -> vm != machine).map(OvaObject::id).forEach(dropped::add);
        var otherVms = Set.copyOf(dropped);
        var vdis = new HashSet<String>();
        for (var object : ova.objects()) {
            boolean ofOtherVm = otherVms.contains(object.text("VM")) || otherVms.contains(object.text("vTPM'_VM"));
            boolean otherDisk = isDisk(object, machine) && !sizes.containsKey(object.text("userdevice"));
            if (ofOtherVm || otherDisk) {
                dropped.add(object.id());
            } else if (object.is("VBD")) {
                vdis.add(object.text("VDI"));
            }
        }
        ova.all("VDI").stream().map(OvaObject::id).filter(id -> !vdis.contains(id)).forEach(dropped::add);
        return dropped;
    }

    private static OvaObject withoutReferences(OvaObject object, Set<String> dropped) {
        var members = new LinkedHashMap<>(object.record().members());
        members.replaceAll((_, value) -> switch (value) {
            case XmlValue.Text(var text) when dropped.contains(text) -> NONE;
            case XmlValue.Array(var items) -> new XmlValue.Array(items.stream()
                    .filter(item -> !(item instanceof XmlValue.Text(var text) && dropped.contains(text))).toList());
            default -> value;
        });
        return object.with(members);
    }

    private OvaObject edited(OvaObject object, OvaDocument ova, Set<String> dropped) {
        return switch (object.type()) {
            case "VM" -> vm(object);
            case "VDI" -> vdi(object, ova, dropped);
            default -> object;
        };
    }

    private OvaObject vm(OvaObject vm) {
        var changes = noSnapshot();
        changes.put("uuid", new XmlValue.Text(uuid));
        changes.put("name_label", new XmlValue.Text(name));
        changes.put("is_a_template", new XmlValue.Bool(template));
        changes.put("is_default_template", new XmlValue.Bool(false));
        changes.put("power_state", new XmlValue.Text("Halted"));
        changes.put("suspend_VDI", NONE);
        changes.put("ha_always_run", new XmlValue.Bool(false)); // high availability would start it at once
        changes.put("ha_restart_priority", new XmlValue.Text(""));
        changes.put("snapshot_info", NO_ENTRIES);
        changes.put("blocked_operations", NO_ENTRIES);
        changes.put("current_operations", NO_ENTRIES);
        var otherConfig = new LinkedHashMap<>(vm.map("other_config"));
        otherConfig.keySet().removeAll(NOT_FOR_RESTORES);
        changes.put("other_config", new XmlValue.Struct(otherConfig));
        return vm.with(changes);
    }

    private OvaObject vdi(OvaObject vdi, OvaDocument ova, Set<String> dropped) {
        var changes = noSnapshot();
        changes.put("cbt_enabled", new XmlValue.Bool(false));
        ova.all("VBD").stream().filter(vbd -> vbd.text("VDI").equals(vdi.id()) && !vbd.isCd()
                && !dropped.contains(vbd.id())).findFirst().ifPresent(vbd -> {
                    changes.put("virtual_size", new XmlValue.Text(sizes.get(vbd.text("userdevice")).toString()));
                    changes.put("sm_config", NO_ENTRIES); // locks and parents of the old disk
                });
        return vdi.with(changes);
    }

    private static Map<String, XmlValue> noSnapshot() {
        var changes = new LinkedHashMap<String, XmlValue>();
        changes.put("is_a_snapshot", new XmlValue.Bool(false));
        changes.put("snapshot_of", NONE);
        changes.put("snapshot_time", EPOCH);
        changes.put("snapshots", NO_ITEMS);
        return changes;
    }
}
