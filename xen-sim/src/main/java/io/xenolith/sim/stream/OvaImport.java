package io.xenolith.sim.stream;

import io.xenolith.sim.model.Database;
import io.xenolith.sim.model.Field;
import io.xenolith.sim.model.Row;
import io.xenolith.sim.model.Type;
import io.xenolith.sim.pool.MacAddress;
import io.xenolith.sim.pool.Operations;
import io.xenolith.sim.pool.Pool;
import io.xenolith.sim.rpc.MalformedRequestException;
import io.xenolith.sim.rpc.XapiFailure;
import io.xenolith.sim.rpc.XmlRpc;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/// Makes objects out of an `ova.xml`, class by class in the order of hosts, whatever the order in the file. Under the
/// database's lock. [#undo()] removes all that was made.
final class OvaImport {
    private static final Map<String, List<String>> MANDATORY = Map.of(
            "VM", words("uuid user_version is_a_template resident_on affinity memory_static_max memory_dynamic_max"
                    + " memory_dynamic_min memory_static_min VCPUs_params VCPUs_max VCPUs_at_startup actions_after_shutdown"
                    + " actions_after_reboot actions_after_crash PV_bootloader PV_kernel PV_ramdisk PV_args PV_bootloader_args"
                    + " PV_legacy_args HVM_boot_policy HVM_boot_params platform PCI_bus other_config domid domarch"
                    + " is_control_domain metrics guest_metrics recommendations"),
            "VBD", words("uuid VM VDI userdevice bootable mode type storage_lock empty other_config status_code status_detail"
                    + " runtime_properties qos_algorithm_type qos_algorithm_params qos_supported_algorithms"),
            "VDI", words("uuid SR virtual_size physical_utilisation type sharable read_only other_config storage_lock managed"
                    + " missing parent"),
            "SR", words("uuid virtual_allocation physical_utilisation physical_size type content_type shared other_config"),
            "VIF", words("uuid device network VM MAC MTU other_config status_code status_detail runtime_properties"
                    + " qos_algorithm_type qos_algorithm_params qos_supported_algorithms"),
            "network", words("uuid other_config"));

    /// How a disk of the archive comes to be one of the pool; null leaves it and its drive out.
    interface DiskStep {
        Row find(Map<String, Object> vdi, Map<String, Object> sr) throws IOException;
    }

    private final Pool pool;
    private final boolean restore;
    private final boolean force;
    private final Map<String, Map<String, Map<String, Object>>> archive = new HashMap<>();
    private final Map<String, Row> made = new LinkedHashMap<>();
    private final List<Row> own = new ArrayList<>();

    OvaImport(Pool pool, boolean restore, boolean force) {
        this.pool = pool;
        this.restore = restore;
        this.force = force;
    }

    private static List<String> words(String text) {
        return List.of(text.split(" "));
    }

    /// Reads the document.
    ///
    /// @throws XapiFailure `IMPORT_INCOMPATIBLE_VERSION` if a newer host wrote it, `IMPORT_ERROR` if it is none
    void parse(byte[] ova) {
        try {
            var root = map(XmlRpc.decodeValue(ova));
            requireVersion(map(root.get("version")));
            for (var object : (List<?>) root.get("objects")) {
                var fields = map(object);
                var cls = (String) fields.get("class");
                var snapshot = map(fields.get("snapshot"));
                for (var name : MANDATORY.getOrDefault(cls, List.of())) {
                    require(snapshot.containsKey(name), "Field %s not present in rpc".formatted(name));
                }
                archive.computeIfAbsent(cls, _ -> new LinkedHashMap<>()).put((String) fields.get("id"), snapshot);
            }
        } catch (MalformedRequestException | ClassCastException | NullPointerException e) {
            throw new XapiFailure("IMPORT_ERROR", "ova.xml: " + e.getMessage());
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new XapiFailure("IMPORT_ERROR", otherwise);
        }
    }

    private void requireVersion(Map<String, Object> version) {
        for (var name : words("hostname date product_version product_brand build_number xapi_major xapi_minor")) {
            require(version.containsKey(name), "version lacks " + name);
        }
        int major = Integer.parseInt(version.get("xapi_major").toString());
        int minor = Integer.parseInt(version.get("xapi_minor").toString());
        int ownMajor = pool.version().xapiMajor();
        if (major > ownMajor || major == ownMajor && minor > pool.version().xapiMinor()) {
            throw new XapiFailure("IMPORT_INCOMPATIBLE_VERSION");
        }
    }

    @SuppressWarnings("unchecked") // structs have strings as names
    private static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    private Map<String, Map<String, Object>> objects(String cls) {
        return archive.getOrDefault(cls, Map.of());
    }

    /// Makes all objects.
    void create(DiskStep disk) throws IOException, InterruptedException {
        for (var vdi : objects("VDI").entrySet()) {
            var sr = object("SR", (String) vdi.getValue().get("SR"));
            var row = sr.get("content_type").equals("iso") ? iso(vdi.getValue()) : disk.find(vdi.getValue(), sr);
            if (row != null) {
                made.put(vdi.getKey(), row);
            }
        }
        for (var vm : objects("VM").entrySet()) {
            made.put(vm.getKey(), vm(vm.getValue()));
        }
        objects("network").forEach((id, network) -> made.put(id, network(network)));
        for (var vbd : objects("VBD").values()) {
            vbd(vbd);
        }
        objects("VIF").values().forEach(this::vif);
    }

    /// A disk that the archive describes, made new.
    Row createDisk(Row sr, Map<String, Object> vdi) throws IOException {
        var values = values("VDI", vdi);
        values.keySet().removeAll(List.of("uuid", "location", "is_a_snapshot", "snapshot_of", "snapshot_time",
                "cbt_enabled", "parent", "managed", "missing", "physical_utilisation"));
        values.put("sm_config", new LinkedHashMap<>(Map.of("import_task", "1")));
        var row = pool.storage().create(sr, (Long) values.get("virtual_size"), values);
        own.add(row);
        return row;
    }

    private Row iso(Map<String, Object> vdi) {
        return pool.database().all("VDI").stream().filter(row -> row.text("location").equals(vdi.get("location")))
                .filter(row -> row.follow("SR").text("content_type").equals("iso")).findFirst().orElse(null);
    }

    private Row vm(Map<String, Object> vm) throws IOException, InterruptedException {
        var values = values("VM", vm);
        if (restore) {
            replaceExisting((String) vm.get("uuid"), values);
        } else {
            values.remove("uuid");
            values.put("version", 0L);
        }
        var otherConfig = new LinkedHashMap<>(map(vm.get("other_config")));
        otherConfig.remove("default_template");
        if (!restore) {
            otherConfig.put("mac_seed", UUID.randomUUID().toString());
        }
        values.put("other_config", otherConfig);
        values.put("is_default_template", false);
        values.put("generation_id", UUID.randomUUID().toString());
        for (var reference : words("resident_on affinity suspend_VDI appliance protection_policy snapshot_schedule suspend_SR"
                + " snapshot_of parent guest_metrics")) {
            values.put(reference, Type.NULL_REF);
        }
        values.put("metrics", make("VM_metrics", new LinkedHashMap<>()).ref());
        if (!"Suspended".equals(vm.get("power_state"))) {
            values.put("power_state", "Halted");
        }
        return make("VM", values);
    }

    /// Makes way for a VM that comes back under its old uuid; its disks stay behind.
    private void replaceExisting(String uuid, Map<String, Object> values) {
        for (var existing : pool.database().all("VM")) {
            if (!existing.uuid().equals(uuid)) {
                requireOtherSeed(existing, values);
                continue;
            }
            if (!existing.text("power_state").equals("Halted")) {
                throw Operations.badPowerState(existing, "Halted");
            }
            long version = (Long) values.getOrDefault("version", 0L);
            if (version <= existing.number("version") && existing.number("version") > 0 && !force) {
                throw new XapiFailure("VM_TO_IMPORT_IS_NOT_NEWER_VERSION", existing.ref(),
                        Long.toString(existing.number("version")), Long.toString(version));
            }
            existing.followAll("VBDs").forEach(pool.database()::delete);
            existing.followAll("VIFs").forEach(pool.database()::delete);
            pool.database().delete(existing);
        }
        values.put("version", (Long) values.getOrDefault("version", 0L) + 1);
    }

    private void requireOtherSeed(Row existing, Map<String, Object> values) {
        var seed = map(values.get("other_config")).get("mac_seed");
        boolean related = existing.flag("is_a_snapshot") || existing.flag("is_control_domain");
        if (seed != null && !related && seed.equals(existing.map("other_config").get("mac_seed"))) {
            throw new XapiFailure("DUPLICATE_MAC_SEED", seed.toString());
        }
    }

    /// A network of the same name or bridge, or else a new one.
    private Row network(Map<String, Object> network) {
        var all = pool.database().all("network");
        return all.stream().filter(row -> row.text("name_label").equals(network.get("name_label"))).findFirst()
                .or(() -> all.stream().filter(row -> row.text("bridge").equals(network.get("bridge"))).findFirst())
                .orElseGet(() -> {
                    var values = new LinkedHashMap<String, Object>(Map.of("bridge", "xapi" + all.size()));
                    values.put("name_label", network.getOrDefault("name_label", ""));
                    values.put("other_config", Map.of("import_task", "1"));
                    return make("network", values);
                });
    }

    private void vbd(Map<String, Object> vbd) {
        var values = values("VBD", vbd);
        var vdi = (String) vbd.get("VDI");
        boolean cd = vbd.get("type").equals("CD");
        if (!made.containsKey(vdi)) {
            if (!cd && !Database.isNull(vdi) && objects("VDI").containsKey(vdi)) {
                return; // an ISO as a disk, or a disk that was left out by force
            }
            if (!cd) {
                throw new XapiFailure("IMPORT_ERROR_FAILED_TO_FIND_OBJECT", vdi);
            }
            values.put("empty", true);
        }
        values.put("VDI", made.containsKey(vdi) ? made.get(vdi).ref() : Type.NULL_REF);
        values.put("VM", row(vbd, "VM").ref());
        values.put("currently_attached", false);
        place("VBD", values);
    }

    private void vif(Map<String, Object> vif) {
        var values = values("VIF", vif);
        values.put("VM", row(vif, "VM").ref());
        values.put("network", row(vif, "network").ref());
        values.put("currently_attached", false);
        if (!restore) {
            var seed = row(vif, "VM").map("other_config").get("mac_seed");
            values.put("MAC", MacAddress.derive(seed, (String) vif.get("device")));
            values.put("MAC_autogenerated", true);
        }
        place("VIF", values);
    }

    private void place(String cls, Map<String, Object> values) {
        if (!restore) {
            values.remove("uuid");
        }
        values.keySet().removeAll(List.of("current_operations", "metrics"));
        make(cls, values);
    }

    private Row make(String cls, Map<String, Object> values) {
        var row = pool.database().create(cls, values);
        own.add(row);
        return row;
    }

    private Row row(Map<String, Object> object, String field) {
        var id = String.valueOf(object.get(field));
        var row = made.get(id);
        if (row == null) {
            throw new XapiFailure("IMPORT_ERROR_FAILED_TO_FIND_OBJECT", id);
        }
        return row;
    }

    private Map<String, Object> object(String cls, String id) {
        var object = objects(cls).get(id);
        if (object == null) {
            throw new XapiFailure("IMPORT_ERROR_FAILED_TO_FIND_OBJECT", id);
        }
        return object;
    }

    /// The members that the schema knows, with their types; sets of references are the database's to fill.
    private Map<String, Object> values(String cls, Map<String, Object> sent) {
        var values = new LinkedHashMap<String, Object>();
        for (Field field : pool.database().schema().fields(cls)) {
            boolean refs = field.type() instanceof Type.SetOf(Type.Ref _);
            if (sent.containsKey(field.name()) && !refs) {
                values.put(field.name(), field.type().accept(field.name(), sent.get(field.name())));
            }
        }
        values.remove("allowed_operations");
        values.remove("current_operations");
        return values;
    }

    /// The disks whose content follows in the archive, by their ids in the order of text, with the size that the archive
    /// says.
    Map<String, DiskContent> contents() {
        var contents = new TreeMap<String, DiskContent>();
        for (var vbd : objects("VBD").values()) {
            addContent(contents, (String) vbd.get("VDI"), !vbd.get("type").equals("CD"));
        }
        objects("VDI").forEach((id, vdi) -> addContent(contents, id, vdi.get("type").equals("suspend")));
        return contents;
    }

    /// A disk to fill, and how many bytes come for it.
    record DiskContent(Row vdi, long bytes) {}

    private void addContent(Map<String, DiskContent> contents, String id, boolean wanted) {
        var vdi = objects("VDI").get(id);
        if (!wanted || vdi == null || !made.containsKey(id)) {
            return;
        }
        if (!object("SR", (String) vdi.get("SR")).get("content_type").equals("iso")) {
            contents.put(id, new DiskContent(made.get(id), Long.parseLong(vdi.get("virtual_size").toString())));
        }
    }

    /// The VMs that were made, snapshots left out unless there is nothing else.
    List<String> vms() {
        var all = objects("VM").keySet().stream().map(made::get).toList();
        var plain = all.stream().filter(vm -> !vm.flag("is_a_snapshot")).map(Row::ref).toList();
        return plain.isEmpty() ? all.stream().map(Row::ref).toList() : plain;
    }

    void undo() throws IOException {
        for (var row : own.reversed()) {
            if (pool.database().find(row.cls(), row.ref()) == null) {
                continue;
            }
            if (row.cls().equals("VDI")) {
                pool.storage().destroy(row);
            } else {
                pool.database().delete(row);
            }
        }
    }
}
