package io.xenolith.source.xva;

import io.xenolith.source.xmlvalue.XmlValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// A machine that no host described: writes an `ova.xml` with every field that importers insist on, and no more.
///
/// It has a virtual machine without network, its drives, their disks, and one storage repository, which importers look
/// for and then put the disks elsewhere. The references are padded with zeros, so that they sort by the disks' positions.
///
/// @param memoryBytes what the machine gets, from 16 MiB on
/// @param vcpus       how many virtual processors it gets, from 1 on
/// @param disks       in any order, no two at the same position
public record NewOva(UUID uuid, String name, String description, long memoryBytes, int vcpus, Firmware firmware,
        List<NewDisk> disks) {

    private static final XmlValue EMPTY = new XmlValue.Struct(Map.of());
    private static final String NULL = "OpaqueRef:NULL";
    private static final String EPOCH = "19700101T00:00:00Z";
    private static final String MACHINE = "Ref:000";
    private static final String REPOSITORY = "Ref:001";
    private static final int FIRST_FREE = 2;
    private static final long MIN_MEMORY_BYTES = 16L << 20;

    /// What starts the machine.
    public enum Firmware {
        BIOS, UEFI;

        private String text() {
            return this == UEFI ? "uefi" : "bios";
        }
    }

    public NewOva {
        disks = disks.stream().sorted(Comparator.comparingInt(NewDisk::position)).toList();
        var positions = new HashSet<Integer>();
        for (var disk : disks) {
            if (!positions.add(disk.position())) {
                throw new IllegalArgumentException("two disks at position %d".formatted(disk.position()));
            }
        }
        if (memoryBytes < MIN_MEMORY_BYTES || vcpus < 1) {
            throw new IllegalArgumentException("a machine of %d bytes of memory and %d processors"
                    .formatted(memoryBytes, vcpus));
        }
    }

    /// The reference of the disk `index` of [#disks()], by which the archive calls it.
    public String diskRef(int index) {
        return ref(FIRST_FREE + disks.size() + index);
    }

    private String driveRef(int index) {
        return ref(FIRST_FREE + index);
    }

    private static String ref(int number) {
        return "Ref:%03d".formatted(number);
    }

    /// The document.
    public byte[] xml() {
        var objects = new ArrayList<XmlValue>();
        objects.add(object("VM", MACHINE, machine()));
        for (int i = 0; i < disks.size(); i++) {
            objects.add(object("VBD", driveRef(i), drive(disks.get(i), diskRef(i))));
        }
        for (int i = 0; i < disks.size(); i++) {
            objects.add(object("VDI", diskRef(i), disk(disks.get(i), driveRef(i))));
        }
        objects.add(object("SR", REPOSITORY, repository()));
        return new Fields().set("version", version()).set("objects", new XmlValue.Array(objects)).struct().encode();
    }

    private static XmlValue object(String type, String ref, XmlValue record) {
        return new Fields().set("class", type).set("id", ref).set("snapshot", record).struct();
    }

    /// 1.20 is the lowest version that all hosts in use accept.
    private static XmlValue version() {
        return new Fields().set("hostname", "localhost").set("date", "2024-01-01").set("product_version", "8.2.1")
                .set("product_brand", "XCP-ng").set("build_number", "").set("xapi_major", "1").set("xapi_minor", "20")
                .set("export_vsn", "2").struct();
    }

    private XmlValue machine() {
        var memory = Long.toString(memoryBytes);
        var processors = Integer.toString(vcpus);
        return new Fields().set("uuid", uuid.toString()).set("name_label", name).set("name_description", description)
                .set("power_state", "Halted").set("user_version", "1").set("is_a_template", false)
                .set("is_control_domain", false).set("suspend_VDI", NULL).set("resident_on", NULL).set("affinity", NULL)
                .set("metrics", NULL).set("guest_metrics", NULL).set("parent", NULL)
                .set("memory_static_max", memory).set("memory_dynamic_max", memory).set("memory_dynamic_min", memory)
                .set("memory_static_min", memory).set("VCPUs_params", EMPTY).set("VCPUs_max", processors)
                .set("VCPUs_at_startup", processors).set("actions_after_shutdown", "destroy")
                .set("actions_after_reboot", "restart").set("actions_after_crash", "restart")
                .set("VBDs", refs(true)).set("VIFs", new XmlValue.Array(List.of()))
                .set("PV_bootloader", "").set("PV_kernel", "").set("PV_ramdisk", "").set("PV_args", "")
                .set("PV_bootloader_args", "").set("PV_legacy_args", "").set("HVM_boot_policy", "BIOS order")
                .set("HVM_boot_params", new Fields().set("firmware", firmware.text()).set("order", "cdn").struct())
                .set("HVM_shadow_multiplier", new XmlValue.Real(1)).set("platform", platform()).set("PCI_bus", "")
                .set("other_config", EMPTY).set("domid", "-1").set("domarch", "").set("domain_type", "hvm")
                .set("recommendations", "").set("has_vendor_device", false)
                .set("snapshot_time", new XmlValue.Date(EPOCH)).struct();
    }

    private static XmlValue platform() {
        return new Fields().set("device-model", "qemu-upstream-compat").set("acpi", "1").set("apic", "true")
                .set("pae", "true").set("nx", "true").set("viridian", "true").struct();
    }

    private static XmlValue drive(NewDisk disk, String ref) {
        return new Fields().set("uuid", derivedUuid(disk.uuid(), "drive")).set("VM", MACHINE).set("VDI", ref)
                .set("device", "").set("userdevice", Integer.toString(disk.position())).set("bootable", disk.bootable()).set("mode", "RW")
                .set("type", "Disk").set("storage_lock", false).set("empty", false).set("other_config", EMPTY)
                .set("currently_attached", false).set("status_code", "0").set("status_detail", "")
                .set("runtime_properties", EMPTY).set("qos_algorithm_type", "").set("qos_algorithm_params", EMPTY)
                .set("qos_supported_algorithms", new XmlValue.Array(List.of())).struct();
    }

    private static XmlValue disk(NewDisk disk, String driveRef) {
        return new Fields().set("uuid", disk.uuid().toString()).set("name_label", disk.label())
                .set("name_description", "").set("SR", REPOSITORY).set("VBDs", new XmlValue.Array(List.of(new XmlValue.Text(driveRef))))
                .set("virtual_size", Long.toString(disk.size())).set("physical_utilisation", Long.toString(disk.size()))
                .set("type", "user").set("sharable", false).set("read_only", false).set("other_config", EMPTY)
                .set("storage_lock", false).set("location", disk.uuid().toString()).set("managed", true)
                .set("missing", false).set("parent", NULL).set("sm_config", EMPTY).struct();
    }

    private XmlValue repository() {
        return new Fields().set("uuid", derivedUuid(uuid, "repository")).set("name_label", "Local storage")
                .set("name_description", "").set("VDIs", refs(false)).set("virtual_allocation", "0").set("physical_utilisation", "0")
                .set("physical_size", "0").set("type", "ext").set("content_type", "user").set("shared", false)
                .set("other_config", EMPTY).struct();
    }

    private XmlValue refs(boolean drives) {
        var refs = new ArrayList<XmlValue>();
        for (int i = 0; i < disks.size(); i++) {
            refs.add(new XmlValue.Text(drives ? driveRef(i) : diskRef(i)));
        }
        return new XmlValue.Array(refs);
    }

    /// The same for the same machine, so that the document is the same each time it is written.
    private static String derivedUuid(UUID of, String role) {
        return UUID.nameUUIDFromBytes((of + " " + role).getBytes(StandardCharsets.UTF_8)).toString();
    }

    /// The fields of a record, one after the other.
    private static final class Fields {
        private final Map<String, XmlValue> fields = new LinkedHashMap<>();

        Fields set(String name, XmlValue value) {
            fields.put(name, value);
            return this;
        }

        Fields set(String name, String text) {
            return set(name, new XmlValue.Text(text));
        }

        Fields set(String name, boolean value) {
            return set(name, new XmlValue.Bool(value));
        }

        XmlValue struct() {
            return new XmlValue.Struct(fields);
        }
    }
}
