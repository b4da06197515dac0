package io.xenolith.source.xva;

import io.xenolith.source.image.DeviceName;
import io.xenolith.source.xmlvalue.XmlValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// The objects of an `ova.xml` by class and reference, and what follows from them.
///
/// ```text
///   struct ── version: struct
///          └─ objects: array of struct { class, id, snapshot: struct }
///
///   VM.suspend_VDI ─> VDI of type suspend        VBD.VM ─> VM    VBD.VDI ─> VDI    VDI.SR ─> SR
/// ```
final class OvaObjects {
    /// The references as a host sorts them: byte by byte, so that `Ref:10` comes before `Ref:9`.
    static final Comparator<String> BY_BYTES = Comparator.comparing(
            ref -> ref.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

    private static final Pattern ENTRY_FOLDER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9:._-]{0,90}");

    private final XmlValue.Struct version;
    private final Map<String, Map<String, XmlValue.Struct>> byClass = new HashMap<>();

    private OvaObjects(XmlValue.Struct version) {
        this.version = version;
    }

    static OvaObjects of(XmlValue value) throws OvaException {
        if (!(value instanceof XmlValue.Struct root)
                || !(root.member("version").orElse(null) instanceof XmlValue.Struct version)
                || !(root.member("objects").orElse(null) instanceof XmlValue.Array(var objects))) {
            throw new OvaException("not a struct with a version and a list of objects");
        }
        var found = new OvaObjects(version);
        for (var object : objects) {
            found.add(object);
        }
        return found;
    }

    private void add(XmlValue object) throws OvaException {
        if (!(object instanceof XmlValue.Struct struct)
                || !(struct.member("snapshot").orElse(null) instanceof XmlValue.Struct record)) {
            throw new OvaException("one of the objects is not a struct with a class, an id and a snapshot");
        }
        var id = text(struct, "id");
        var before = byClass.computeIfAbsent(text(struct, "class"), _ -> new LinkedHashMap<>()).put(id, record);
        if (before != null) {
            throw new OvaException("two objects of class %s have the id %s".formatted(text(struct, "class"), id));
        }
    }

    Ova toOva() throws OvaException {
        var machines = new ArrayList<OvaMachine>();
        objects("VM").forEach((ref, vm) -> machines.add(machine(ref, vm)));
        var drives = new ArrayList<OvaDrive>();
        return new Ova(version(), machines, disks(drives), drives);
    }

    private OvaVersion version() {
        return new OvaVersion(text(version, "hostname"), text(version, "date"), text(version, "product_version"),
                text(version, "product_brand"), text(version, "build_number"), number(version, "xapi_major"),
                number(version, "xapi_minor"), number(version, "export_vsn"));
    }

    private static OvaMachine machine(String ref, XmlValue.Struct vm) {
        boolean hasFirmware = !text(vm, "HVM_boot_policy").isEmpty();
        var firmware = vm.member("HVM_boot_params").filter(XmlValue.Struct.class::isInstance)
                .map(parameters -> text((XmlValue.Struct) parameters, "firmware")).orElse("");
        return new OvaMachine(ref, text(vm, "uuid"), text(vm, "name_label"), text(vm, "name_description"),
                isTrue(vm, "is_a_template"), isTrue(vm, "is_a_snapshot"), text(vm, "power_state"),
                number(vm, "memory_static_max"), number(vm, "VCPUs_max"),
                hasFirmware && firmware.isEmpty() ? "bios" : firmware);
    }

    /// The disks that a host streams: those that a drive other than a CD drive holds, unless they are files of an ISO
    /// library, and all memory images.
    private List<OvaDisk> disks(List<OvaDrive> without) throws OvaException {
        var disks = new ArrayList<OvaDisk>();
        var seen = new HashSet<String>();
        var names = new Names();
        for (var drive : objects("VBD").entrySet()) {
            var vbd = drive.getValue();
            var reason = reasonForNoData(vbd);
            if (reason.isPresent()) {
                without.add(new OvaDrive(drive.getKey(), text(vbd, "VM"), text(vbd, "userdevice"), medium(vbd),
                        reason.get()));
            } else if (!isSuspendImage(text(vbd, "VDI")) && seen.add(text(vbd, "VDI"))) {
                disks.add(disk(vbd, names));
            }
        }
        var suspended = new HashMap<String, String>();
        objects("VM").forEach((ref, vm) -> suspended.put(text(vm, "suspend_VDI"), ref));
        for (var ref : objects("VDI").keySet()) {
            if (isSuspendImage(ref)) {
                disks.add(suspendImage(ref, Optional.ofNullable(suspended.get(ref)), names));
            }
        }
        disks.sort(Comparator.comparing(OvaDisk::ref, BY_BYTES));
        return disks;
    }

    private Optional<String> reasonForNoData(XmlValue.Struct vbd) {
        var ref = text(vbd, "VDI");
        var vdi = object("VDI", ref);
        if (text(vbd, "type").equalsIgnoreCase("CD")) {
            return Optional.of(vdi.isEmpty() ? "it is an empty CD drive" : "it is a CD drive");
        }
        if (vdi.isEmpty()) {
            return Optional.of("ova.xml holds no disk '%s' for it".formatted(ref));
        }
        boolean iso = object("SR", text(vdi.get(), "SR"))
                .filter(sr -> text(sr, "content_type").equals("iso")).isPresent();
        return iso ? Optional.of("its disk is a file of an ISO library") : Optional.empty();
    }

    private String medium(XmlValue.Struct vbd) {
        return object("VDI", text(vbd, "VDI")).map(vdi -> text(vdi, "name_label")).orElse("");
    }

    private boolean isSuspendImage(String ref) {
        return object("VDI", ref).filter(vdi -> text(vdi, "type").equalsIgnoreCase("suspend")).isPresent();
    }

    private OvaDisk disk(XmlValue.Struct vbd, Names names) throws OvaException {
        var ref = text(vbd, "VDI");
        var vdi = object("VDI", ref).orElseThrow();
        var name = names.unique(text(vbd, "VM"), Names.wanted(text(vbd, "device"), text(vbd, "userdevice")));
        return new OvaDisk(requireFolder(ref), text(vdi, "uuid"), name, text(vdi, "name_label"), size(ref, vdi),
                OvaDisk.Kind.DISK, text(vbd, "device"), text(vbd, "userdevice"), isTrue(vbd, "bootable"),
                Optional.of(text(vbd, "VM")).filter(objects("VM")::containsKey));
    }

    private OvaDisk suspendImage(String ref, Optional<String> machine, Names names) throws OvaException {
        var vdi = object("VDI", ref).orElseThrow();
        return new OvaDisk(requireFolder(ref), text(vdi, "uuid"), names.unique(machine.orElse(""), "suspend"),
                text(vdi, "name_label"), size(ref, vdi), OvaDisk.Kind.SUSPEND, "", "", false, machine);
    }

    /// A reference is part of a path in the archive, and people unpack archives.
    private static String requireFolder(String ref) throws OvaException {
        if (!ENTRY_FOLDER.matcher(ref).matches()) {
            throw new OvaException("the disk reference '%s' cannot be the name of a folder".formatted(ref));
        }
        return ref;
    }

    private static long size(String ref, XmlValue.Struct vdi) throws OvaException {
        long size = vdi.member("virtual_size").map(XmlValue::asNumber).orElseThrow(() -> noSize(ref, "none"))
                .orElseThrow(() -> noSize(ref, text(vdi, "virtual_size")));
        if (size < 0 || size > ChunkName.MAX_DISK_BYTES) {
            throw noSize(ref, Long.toString(size));
        }
        return size;
    }

    private static OvaException noSize(String ref, String size) {
        return new OvaException("the virtual_size of disk %s is %s, not a number of bytes up to %d"
                .formatted(ref, size, ChunkName.MAX_DISK_BYTES));
    }

    private Map<String, XmlValue.Struct> objects(String type) {
        return byClass.getOrDefault(type, Map.of());
    }

    private Optional<XmlValue.Struct> object(String type, String ref) {
        return Optional.ofNullable(objects(type).get(ref));
    }

    private static String text(XmlValue.Struct record, String field) {
        return record.member(field).flatMap(XmlValue::asText).orElse("");
    }

    private static long number(XmlValue.Struct record, String field) {
        return record.member(field).map(value -> value.asNumber().orElse(0)).orElse(0L);
    }

    private static boolean isTrue(XmlValue.Struct record, String field) {
        return record.member(field).filter(XmlValue::isTrue).isPresent();
    }

    /// What users call disks.
    private static final class Names {
        private static final Pattern DEVICE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,31}");
        private static final Pattern POSITION = Pattern.compile("[0-9]{1,3}");

        private final Set<List<String>> taken = new HashSet<>();
        private final Map<List<String>, Integer> times = new HashMap<>();

        /// The device's own name if the guest knew one; else what a guest calls the disk at that position. A name that
        /// would not do for a file is none.
        static String wanted(String device, String userdevice) {
            if (DEVICE.matcher(device).matches()) {
                return device;
            }
            if (POSITION.matcher(userdevice).matches()) {
                return DeviceName.at(Integer.parseInt(userdevice));
            }
            return DEVICE.matcher(userdevice).matches() ? userdevice : "disk";
        }

        /// `wanted`, or with a number behind it if another disk of the machine is called so.
        String unique(String machine, String wanted) {
            var name = List.of(machine, wanted);
            while (!taken.add(name)) {
                int time = times.merge(List.of(machine, wanted), 1, Integer::sum) + 1;
                name = List.of(machine, wanted + "-" + time);
            }
            return name.getLast();
        }
    }
}
