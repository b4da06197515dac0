package io.xenolith.sim.stream;

import io.xenolith.sim.model.Field;
import io.xenolith.sim.model.Row;
import io.xenolith.sim.model.Type;
import io.xenolith.sim.pool.Pool;
import io.xenolith.sim.rpc.XmlRpc;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/// The `ova.xml` of an export: the VMs with all that hangs on them, every reference replaced by a short `Ref:N`. Made under
/// the database's lock.
final class OvaDocument {
    private static final List<String> ORDER =
            List.of("host", "VM", "VM_metrics", "VM_guest_metrics", "VBD", "VIF", "network", "VDI", "SR", "VTPM");
    /// Fields that hosts forget to rewrite.
    private static final Set<String> NOT_REWRITTEN = Set.of("VDI.snapshot_of", "VDI.snapshots", "VDI.parent", "VM.suspend_SR",
            "VM.children", "VM.appliance");
    /// Hosts count on from export to export.
    private static final AtomicInteger NEXT_ID = new AtomicInteger();

    private final Pool pool;
    private final boolean wholeState;
    private final Set<String> excluded;
    private final Map<String, String> ids = new LinkedHashMap<>();
    private final Map<String, Set<Row>> objects = new LinkedHashMap<>();

    /// @param wholeState keeps power states and lineage, as metadata exports do; otherwise VMs come out halted and single
    /// @param excluded   kinds of devices to leave out, such as `vif`
    OvaDocument(Pool pool, boolean wholeState, Set<String> excluded) {
        this.pool = pool;
        this.wholeState = wholeState;
        this.excluded = excluded;
        ORDER.forEach(cls -> objects.put(cls, new LinkedHashSet<>()));
    }

    void addVm(Row vm) {
        add(vm);
        add(vm.follow("resident_on"));
        add(vm.follow("affinity"));
        add(vm.follow("metrics"));
        add(vm.follow("guest_metrics"));
        if (!excluded.contains("vbd")) {
            vm.followAll("VBDs").forEach(vbd -> {
                add(vbd);
                addVdi(vbd.follow("VDI"));
            });
        }
        if (!excluded.contains("vif")) {
            vm.followAll("VIFs").forEach(vif -> {
                add(vif);
                add(vif.follow("network"));
            });
        }
        if (!excluded.contains("vtpm")) {
            vm.followAll("VTPMs").forEach(this::add);
        }
        if (wholeState) {
            addVdi(vm.follow("suspend_VDI"));
        }
    }

    private void addVdi(Row vdi) {
        if (vdi != null) {
            add(vdi);
            add(vdi.follow("SR"));
        }
    }

    private void add(Row row) {
        if (row != null && objects.get(row.cls()).add(row)) {
            ids.put(row.ref(), "Ref:" + NEXT_ID.getAndIncrement());
        }
    }

    /// The disks whose content belongs into the archive, by their ids in the order of text.
    Map<String, Row> disks() {
        var disks = new TreeMap<String, Row>();
        for (var vbd : objects.get("VBD")) {
            var vdi = vbd.follow("VDI");
            if (vdi != null && !vbd.text("type").equals("CD") && !vdi.follow("SR").text("content_type").equals("iso")) {
                disks.put(ids.get(vdi.ref()), vdi);
            }
        }
        objects.get("VDI").stream().filter(vdi -> vdi.text("type").equals("suspend"))
                .forEach(vdi -> disks.put(ids.get(vdi.ref()), vdi));
        return disks;
    }

    byte[] encode() {
        var all = new ArrayList<>();
        objects.forEach((cls, rows) -> rows.forEach(row ->
                all.add(Map.of("class", cls, "id", ids.get(row.ref()), "snapshot", snapshot(row)))));
        var document = new LinkedHashMap<String, Object>();
        document.put("version", version());
        document.put("objects", all);
        return XmlRpc.encode(document).getBytes(StandardCharsets.UTF_8);
    }

    private Map<String, Object> version() {
        var version = new LinkedHashMap<String, Object>();
        version.put("hostname", "localhost");
        version.put("date", "2024-05-14");
        version.put("product_version", pool.version().product());
        version.put("product_brand", pool.version().brand());
        version.put("build_number", "sim");
        version.put("xapi_major", (long) pool.version().xapiMajor());
        version.put("xapi_minor", (long) pool.version().xapiMinor());
        version.put("export_vsn", 2L);
        return version;
    }

    private Map<String, Object> snapshot(Row row) {
        if (row.cls().equals("VTPM")) {
            return tpm(row);
        }
        var snapshot = row.asRecord();
        for (Field field : pool.database().schema().fields(row.cls())) {
            if (!NOT_REWRITTEN.contains(row.cls() + "." + field.name())) {
                snapshot.put(field.name(), rewrite(field.type(), row.get(field.name())));
            }
        }
        if (row.cls().equals("VM")) {
            blank(snapshot);
        }
        return snapshot;
    }

    private Object rewrite(Type type, Object value) {
        return switch (type) {
            case Type.Ref _ -> ids.getOrDefault((String) value, Type.NULL_REF);
            case Type.SetOf(Type.Ref _) -> ((List<?>) value).stream().filter(ids::containsKey).map(ids::get).toList();
            default -> value;
        };
    }

    private void blank(Map<String, Object> snapshot) {
        snapshot.put("protection_policy", Type.NULL_REF);
        snapshot.put("consoles", List.of());
        snapshot.put("current_operations", Map.of());
        if (wholeState) {
            return;
        }
        snapshot.put("power_state", "Halted");
        snapshot.put("suspend_VDI", Type.NULL_REF);
        snapshot.put("is_a_snapshot", false); // but is_a_template stays as it is: a snapshot comes back as a template
        snapshot.put("snapshot_of", Type.NULL_REF);
        snapshot.put("snapshots", List.of());
        snapshot.put("snapshot_time", Instant.EPOCH);
        snapshot.put("parent", Type.NULL_REF);
    }

    private Map<String, Object> tpm(Row vtpm) {
        var tpm = new LinkedHashMap<String, Object>();
        tpm.put("vTPM'_VM", ids.get(vtpm.text("VM")));
        tpm.put("vTPM'_uuid", vtpm.uuid());
        tpm.put("vTPM'_is_unique", vtpm.flag("is_unique"));
        tpm.put("vTPM'_is_protected", vtpm.flag("is_protected"));
        tpm.put("vTPM'_content", "");
        return tpm;
    }
}
