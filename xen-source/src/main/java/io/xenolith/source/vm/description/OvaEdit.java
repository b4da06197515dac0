package io.xenolith.source.vm.description;

import io.xenolith.source.xmlvalue.XmlLimits;
import io.xenolith.source.xmlvalue.XmlValue;
import io.xenolith.source.xmlvalue.XmlValueException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

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
    private static final String NULL = "OpaqueRef:NULL";
    private static final XmlValue NO_ITEMS = new XmlValue.Array(List.of());
    private static final XmlValue NO_MEMBERS = new XmlValue.Struct(Map.of());
    /// Keys of the VM's `other_config` that say what it was at its host, not what it is.
    private static final Set<String> NOT_FOR_RESTORES = Set.of("default_template", "import_task", "xensource_internal",
            "maps_to");
    private static final XmlValue EPOCH = new XmlValue.Date("19700101T00:00:00Z");

    public OvaEdit {
        sizes = Map.copyOf(sizes);
    }

    /// The edited document.
    ///
    /// @throws VmDescriptionException if it is no `ova.xml` of one VM, or lacks one of the disks
    public byte[] apply(byte[] ovaXml) throws VmDescriptionException {
        var root = parse(ovaXml);
        var objects = objects(root);
        var machine = machine(objects);
        requireDisks(objects, machine);
        var dropped = dropped(objects, machine);
        var kept = new ArrayList<XmlValue>();
        for (var object : objects) {
            if (!dropped.contains(object.id)) {
                kept.add(edited(object, objects, dropped).toValue());
            }
        }
        return with(root, Map.of("version", version(root), "objects", new XmlValue.Array(kept))).encode();
    }

    /// The toolstack that wrote an `ova.xml`.
    ///
    /// @throws VmDescriptionException if it is none
    public static ToolstackVersion writtenBy(byte[] ovaXml) throws VmDescriptionException {
        var version = struct(parse(ovaXml), "version");
        return new ToolstackVersion(number(version, "xapi_major"), number(version, "xapi_minor"));
    }

    private record Item(String type, String id, XmlValue.Struct whole, XmlValue.Struct record) {
        boolean is(String wanted) {
            return type.equals(wanted);
        }

        String text(String field) {
            return OvaEdit.text(record, field);
        }

        Item withRecord(XmlValue.Struct other) {
            return new Item(type, id, whole, other);
        }

        XmlValue toValue() {
            return with(whole, Map.of("snapshot", record));
        }
    }

    private static XmlValue.Struct parse(byte[] ovaXml) throws VmDescriptionException {
        try {
            if (XmlValue.parse(ovaXml, XmlLimits.DEFAULT) instanceof XmlValue.Struct root) {
                return root;
            }
            throw new VmDescriptionException("the ova.xml is not a struct");
        } catch (XmlValueException e) {
            throw new VmDescriptionException("the ova.xml cannot be understood: " + e.getMessage(), e);
        }
    }

    private static List<Item> objects(XmlValue.Struct root) throws VmDescriptionException {
        if (!(root.member("objects").orElse(null) instanceof XmlValue.Array(var values))) {
            throw new VmDescriptionException("the ova.xml has no list of objects");
        }
        var items = new ArrayList<Item>();
        for (var value : values) {
            if (!(value instanceof XmlValue.Struct whole)) {
                throw new VmDescriptionException("one of the objects of the ova.xml is not a struct");
            }
            items.add(new Item(text(whole, "class"), text(whole, "id"), whole, struct(whole, "snapshot")));
        }
        return items;
    }

    /// The VM, or the only snapshot where it has no VM.
    private static Item machine(List<Item> objects) throws VmDescriptionException {
        var all = objects.stream().filter(object -> object.is("VM")).toList();
        var machines = all.stream().filter(vm -> vm.record.member("is_a_snapshot").filter(XmlValue::isTrue).isEmpty())
                .toList();
        var candidates = machines.isEmpty() ? all : machines;
        if (candidates.size() != 1) {
            throw new VmDescriptionException("the ova.xml describes %d VMs; expected one".formatted(candidates.size()));
        }
        return candidates.getFirst();
    }

    private void requireDisks(List<Item> objects, Item machine) throws VmDescriptionException {
        for (var position : sizes.keySet()) {
            if (objects.stream().noneMatch(object -> isDisk(object, machine) && object.text("userdevice").equals(position)
                    && objects.stream().anyMatch(vdi -> vdi.is("VDI") && vdi.id.equals(object.text("VDI"))))) {
                throw new VmDescriptionException("the ova.xml has no disk at position %s, where the restore point has one"
                        .formatted(position));
            }
        }
    }

    private static boolean isDisk(Item object, Item machine) {
        return object.is("VBD") && object.text("VM").equals(machine.id) && !object.text("type").equalsIgnoreCase("CD");
    }

    /// What is of another VM, disks that are not in the restore point, and memory.
    private Set<String> dropped(List<Item> objects, Item machine) {
        var dropped = new HashSet<String>();
        objects.stream().filter(object -> object.is("VM") && object != machine).map(Item::id).forEach(dropped::add);
        var otherVms = Set.copyOf(dropped);
        var vdis = new HashSet<String>();
        for (var object : objects) {
            boolean ofOtherVm = otherVms.contains(object.text("VM")) || otherVms.contains(object.text("vTPM'_VM"));
            boolean otherDisk = isDisk(object, machine) && !sizes.containsKey(object.text("userdevice"));
            if (ofOtherVm || otherDisk) {
                dropped.add(object.id);
            } else if (object.is("VBD")) {
                vdis.add(object.text("VDI"));
            }
        }
        objects.stream().filter(object -> object.is("VDI") && !vdis.contains(object.id)).map(Item::id)
                .forEach(dropped::add);
        return dropped;
    }

    private Item edited(Item object, List<Item> objects, Set<String> dropped) {
        var record = withoutReferences(object.record, dropped);
        return object.withRecord(switch (object.type) {
            case "VM" -> vm(record);
            case "VDI" -> vdi(object.id, record, objects, dropped);
            default -> record;
        });
    }

    private static XmlValue.Struct withoutReferences(XmlValue.Struct record, Set<String> dropped) {
        return mapped(record, value -> switch (value) {
            case XmlValue.Text(var text) when dropped.contains(text) -> new XmlValue.Text(NULL);
            case XmlValue.Array(var items) -> new XmlValue.Array(items.stream()
                    .filter(item -> !(item instanceof XmlValue.Text(var text) && dropped.contains(text))).toList());
            default -> value;
        });
    }

    private XmlValue.Struct vm(XmlValue.Struct record) {
        var changes = new LinkedHashMap<String, XmlValue>();
        changes.put("uuid", new XmlValue.Text(uuid));
        changes.put("name_label", new XmlValue.Text(name));
        changes.put("is_a_template", new XmlValue.Bool(template));
        changes.put("power_state", new XmlValue.Text("Halted"));
        changes.put("suspend_VDI", new XmlValue.Text(NULL));
        changes.put("ha_always_run", new XmlValue.Bool(false));
        changes.put("snapshots", NO_ITEMS);
        changes.put("snapshot_info", NO_MEMBERS);
        changes.put("blocked_operations", NO_MEMBERS);
        changes.put("current_operations", NO_MEMBERS);
        changes.putAll(noSnapshot());
        var otherConfig = new LinkedHashMap<>(record.member("other_config").orElse(NO_MEMBERS)
                instanceof XmlValue.Struct struct ? struct.members() : Map.of());
        otherConfig.keySet().removeAll(NOT_FOR_RESTORES);
        changes.put("other_config", new XmlValue.Struct(otherConfig));
        return with(record, changes);
    }

    private XmlValue.Struct vdi(String id, XmlValue.Struct record, List<Item> objects, Set<String> dropped) {
        var changes = new LinkedHashMap<>(noSnapshot());
        changes.put("snapshots", NO_ITEMS);
        changes.put("cbt_enabled", new XmlValue.Bool(false));
        objects.stream().filter(object -> object.is("VBD") && object.text("VDI").equals(id)
                        && !object.text("type").equalsIgnoreCase("CD") && !dropped.contains(object.id))
                .findFirst().ifPresent(vbd -> {
                    changes.put("virtual_size", new XmlValue.Text(sizes.get(vbd.text("userdevice")).toString()));
                    changes.put("sm_config", NO_MEMBERS); // locks and parents of the old disk
                });
        return with(record, changes);
    }

    private static Map<String, XmlValue> noSnapshot() {
        return Map.of("is_a_snapshot", new XmlValue.Bool(false), "snapshot_of", new XmlValue.Text(NULL),
                "snapshot_time", EPOCH);
    }

    private XmlValue version(XmlValue.Struct root) throws VmDescriptionException {
        var written = struct(root, "version");
        return version.<XmlValue>map(claimed -> with(written, Map.of(
                "xapi_major", new XmlValue.Text(Long.toString(claimed.major())),
                "xapi_minor", new XmlValue.Text(Long.toString(claimed.minor()))))).orElse(written);
    }

    private static XmlValue.Struct struct(XmlValue.Struct value, String name) throws VmDescriptionException {
        if (value.member(name).orElse(null) instanceof XmlValue.Struct struct) {
            return struct;
        }
        throw new VmDescriptionException("the ova.xml lacks a '%s' where there has to be one".formatted(name));
    }

    private static String text(XmlValue.Struct record, String field) {
        return record.member(field).flatMap(XmlValue::asText).orElse("");
    }

    private static long number(XmlValue.Struct record, String field) {
        return record.member(field).map(value -> value.asNumber().orElse(0)).orElse(0L);
    }

    private static XmlValue.Struct mapped(XmlValue.Struct record, UnaryOperator<XmlValue> each) {
        var members = new LinkedHashMap<>(record.members());
        members.replaceAll((_, value) -> each.apply(value));
        return new XmlValue.Struct(members);
    }

    /// Changes what the record has; a field that its host did not know is not added.
    private static XmlValue.Struct with(XmlValue.Struct record, Map<String, XmlValue> changes) {
        var members = new LinkedHashMap<>(record.members());
        changes.forEach(members::replace);
        return new XmlValue.Struct(members);
    }
}
