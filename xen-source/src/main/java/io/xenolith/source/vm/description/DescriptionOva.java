package io.xenolith.source.vm.description;

import io.xenolith.source.xapi.records.RawRecord;
import io.xenolith.source.xmlvalue.XmlValue;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Writes an `ova.xml` from a VM's records, which have the same fields: for restore points that keep no `ova.xml`.
/// What only a host can tell is missing, which is the content of a virtual TPM.
final class DescriptionOva {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuuMMdd'T'HH:mm:ss'Z'");

    private final VmDescription description;
    private final Map<String, String> ids = new LinkedHashMap<>(); // by the pool's references

    private DescriptionOva(VmDescription description) {
        this.description = description;
    }

    static OvaDocument of(VmDescription description) {
        return new DescriptionOva(description).document();
    }

    private OvaDocument document() {
        identify(List.of(description.vm()), vm -> vm.ref().value());
        identify(description.vbds(), vbd -> vbd.ref().value());
        identify(description.vifs(), vif -> vif.ref().value());
        identify(description.networks(), network -> network.ref().value());
        identify(description.vdis(), vdi -> vdi.ref().value());
        identify(description.storages(), sr -> sr.ref().value());
        var machine = text(ids.get(description.vm().ref().value()));
        var objects = new ArrayList<OvaObject>();
        objects.add(object("VM", description.vm().ref().value(), description.vm().raw()).with(Map.of(
                "VBDs", references(description.vbds(), vbd -> vbd.ref().value()))));
        // drives may be those of a snapshot
        description.vbds().forEach(vbd -> objects.add(object("VBD", vbd.ref().value(), vbd.raw())
                .with(Map.of("VM", machine))));
        description.vifs().forEach(vif -> objects.add(object("VIF", vif.ref().value(), vif.raw())
                .with(Map.of("VM", machine))));
        description.networks().forEach(network -> objects.add(object("network", network.ref().value(), network.raw())));
        description.vdis().forEach(vdi -> objects.add(object("VDI", vdi.ref().value(), vdi.raw())));
        description.storages().forEach(sr -> objects.add(object("SR", sr.ref().value(), sr.raw())));
        return new OvaDocument(version(), objects);
    }

    private <T> void identify(List<T> objects, Function<T, String> ref) {
        objects.forEach(object -> ids.putIfAbsent(ref.apply(object), "Ref:%03d".formatted(ids.size())));
    }

    private <T> XmlValue references(List<T> objects, Function<T, String> ref) {
        return new XmlValue.Array(objects.stream().map(object -> text(ids.get(ref.apply(object)))).toList());
    }

    private XmlValue.Struct version() {
        var fields = new LinkedHashMap<String, XmlValue>();
        for (var name : List.of("hostname", "date", "product_version", "product_brand", "build_number")) {
            fields.put(name, text(name.equals("product_brand") ? description.product() : ""));
        }
        fields.put("xapi_major", text(Long.toString(description.toolstack().major())));
        fields.put("xapi_minor", text(Long.toString(description.toolstack().minor())));
        fields.put("export_vsn", text("2"));
        return new XmlValue.Struct(fields);
    }

    private OvaObject object(String type, String ref, RawRecord record) {
        var members = new LinkedHashMap<String, XmlValue>();
        record.fields().forEach((name, value) -> members.put(name,
                name.equals("snapshot_time") ? OvaDocument.EPOCH : value(value))); // a text by now, of old descriptions
        return new OvaObject(type, ids.get(ref), new XmlValue.Struct(members));
    }

    private XmlValue value(Object plain) {
        return switch (plain) {
            case String text when text.startsWith("OpaqueRef:") -> text(ids.getOrDefault(text, "OpaqueRef:NULL"));
            case Boolean flag -> new XmlValue.Bool(flag);
            case Long number -> new XmlValue.Int(number);
            case Double number -> new XmlValue.Real(number);
            case Instant time -> new XmlValue.Date(TIME.format(time.atOffset(ZoneOffset.UTC)));
            case List<?> items -> new XmlValue.Array(items.stream().filter(this::isKnown).map(this::value).toList());
            case Map<?, ?> entries -> {
                var members = new LinkedHashMap<String, XmlValue>();
                entries.forEach((name, member) -> members.put(name.toString(), value(member)));
                yield new XmlValue.Struct(members);
            }
            default -> text(plain.toString());
        };
    }

    private boolean isKnown(Object item) {
        return !(item instanceof String text && text.startsWith("OpaqueRef:")) || ids.containsKey(text);
    }

    private static XmlValue text(String text) {
        return new XmlValue.Text(text);
    }
}
