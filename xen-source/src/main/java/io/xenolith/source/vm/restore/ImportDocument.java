package io.xenolith.source.vm.restore;

import static io.xenolith.source.vm.description.OvaDocument.NONE;
import static io.xenolith.source.vm.description.OvaDocument.NO_ITEMS;

import io.xenolith.source.vm.description.OvaDocument;
import io.xenolith.source.vm.description.OvaObject;
import io.xenolith.source.vm.description.VmDescriptionException;
import io.xenolith.source.xapi.records.Sr;
import io.xenolith.source.xapi.records.Vdi;
import io.xenolith.source.xmlvalue.XmlValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// The `ova.xml` that the pool is given: the plan's, without what an import would look for by itself (cards, media,
/// processors of graphics), and with a mark on all that it makes.
final class ImportDocument {
    /// What an import makes or matches on its own terms, and fails over.
    private static final Set<String> LEFT_OUT = Set.of("VIF", "network", "VGPU", "VGPU_type", "GPU_group", "PVS_proxy",
            "PVS_site");

    private final RestorePlan plan;
    private final OvaDocument plain;

    ImportDocument(RestorePlan plan, String workingName, Mark mark) throws VmDescriptionException {
        this.plan = plan;
        var ova = plan.document().orElseThrow();
        var machine = ova.machine();
        var kept = new ArrayList<OvaObject>();
        for (var object : ova.objects()) {
            if (object == machine) {
                kept.add(machine(machine, workingName, mark));
            } else if (object.is("VBD") && object.isCd()) {
                kept.add(object.with(Map.of("VDI", NONE, "empty", new XmlValue.Bool(true))));
            } else if (!LEFT_OUT.contains(object.type())) {
                kept.add(object);
            }
        }
        this.plain = withoutMedia(ova.withObjects(kept));
    }

    private OvaObject machine(OvaObject machine, String workingName, Mark mark) {
        // a host refuses a VM that is not newer than the one it replaces
        long version = Math.max(machine.number("version"), existingVersion());
        return machine.with(Map.of("name_label", new XmlValue.Text(workingName), "VIFs", NO_ITEMS, "VGPUs", NO_ITEMS,
                        "version", new XmlValue.Text(Long.toString(version + 1))))
                .withEntry("other_config", Mark.KEY, mark.value());
    }

    private long existingVersion() {
        return plan.existing().map(vm -> vm.raw().fields().getOrDefault("version", 0L).toString())
                .map(Long::parseLong).orElse(0L);
    }

    private static OvaDocument withoutMedia(OvaDocument ova) {
        var inDrives = ova.all("VBD").stream().map(vbd -> vbd.text("VDI")).toList();
        return ova.withObjects(ova.objects().stream()
                .filter(object -> !object.is("VDI") || inDrives.contains(object.id())).toList());
    }

    /// For an import with the disks' data.
    byte[] withData(Mark mark) {
        return plain.withObjects(plain.objects().stream()
                .map(object -> object.is("VDI") ? object.withEntry("other_config", Mark.KEY, mark.value()) : object)
                .toList()).encode();
    }

    /// For an import that finds the disks by where they are: the map of a request's parameters would hold eight of them.
    ///
    /// @param disks in the pool, by position
    byte[] withDisksAt(Map<String, Vdi> disks) {
        var storages = new LinkedHashMap<String, OvaObject>();
        var objects = new ArrayList<OvaObject>();
        for (var object : plain.objects()) {
            if (object.is("VDI")) {
                var position = plain.all("VBD").stream().filter(vbd -> vbd.text("VDI").equals(object.id())).findFirst()
                        .orElseThrow().text("userdevice");
                var vdi = disks.get(position);
                var template = plain.object("SR", object.text("SR")).orElseThrow();
                storages.computeIfAbsent(vdi.sr().value(), _ -> storage(template, "Ref:SR" + storages.size(), vdi));
                objects.add(located(object, vdi, storages.get(vdi.sr().value()).id()));
            } else if (!object.is("SR")) {
                objects.add(object);
            }
        }
        objects.addAll(storages.values());
        return plain.withObjects(objects).encode();
    }

    private OvaObject storage(OvaObject template, String id, Vdi vdi) {
        var sr = plan.disks().stream().map(RestorePlan.Disk::storage).filter(found -> found.ref().equals(vdi.sr()))
                .findFirst().map(Sr::uuid).orElseThrow();
        return template.withId(id).with(Map.of("uuid", new XmlValue.Text(sr), "VDIs", NO_ITEMS, "PBDs", NO_ITEMS,
                "content_type", new XmlValue.Text("user")));
    }

    private static OvaObject located(OvaObject object, Vdi vdi, String storage) {
        var location = new LinkedHashMap<>(object.record().members());
        location.put("uuid", new XmlValue.Text(vdi.uuid()));
        location.put("location", new XmlValue.Text(location(vdi)));
        location.put("SR", new XmlValue.Text(storage));
        location.put("virtual_size", new XmlValue.Text(Long.toString(vdi.virtualSize())));
        return new OvaObject(object.type(), object.id(), new XmlValue.Struct(location));
    }

    /// A driver's own name of a disk; the uuid with almost all of them.
    private static String location(Vdi vdi) {
        return vdi.raw().fields().getOrDefault("location", vdi.uuid()).toString();
    }
}
