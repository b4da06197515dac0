package io.xenolith.source.vm.description;

import io.xenolith.source.xmlvalue.XmlLimits;
import io.xenolith.source.xmlvalue.XmlValue;
import io.xenolith.source.xmlvalue.XmlValueException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// An `ova.xml` taken apart.
///
/// ```text
///   struct ── version: struct { …, xapi_major, xapi_minor, … }
///          └─ objects: array of struct { class, id, snapshot: struct }
/// ```
/// @param version every field of it
public record OvaDocument(XmlValue.Struct version, List<OvaObject> objects) {
    /// The reference to nothing.
    public static final XmlValue NONE = new XmlValue.Text("OpaqueRef:NULL");
    /// No items, where a field holds a list.
    public static final XmlValue NO_ITEMS = new XmlValue.Array(List.of());
    /// No entries, where a field holds a map.
    public static final XmlValue NO_ENTRIES = new XmlValue.Struct(Map.of());
    /// The time of what never happened.
    public static final XmlValue EPOCH = new XmlValue.Date("19700101T00:00:00Z");

    public OvaDocument {
        objects = List.copyOf(objects);
    }

    /// @throws VmDescriptionException if it is no `ova.xml`
    public static OvaDocument parse(byte[] ovaXml) throws VmDescriptionException {
        try {
            if (!(XmlValue.parse(ovaXml, XmlLimits.DEFAULT) instanceof XmlValue.Struct root)
                    || !(root.member("version").orElse(null) instanceof XmlValue.Struct version)
                    || !(root.member("objects").orElse(null) instanceof XmlValue.Array(var values))) {
                throw new VmDescriptionException("the ova.xml is not a struct with a version and a list of objects");
            }
            var objects = new ArrayList<OvaObject>();
            for (var value : values) {
                objects.add(object(value));
            }
            return new OvaDocument(version, objects);
        } catch (XmlValueException e) {
            throw new VmDescriptionException("the ova.xml cannot be understood: " + e.getMessage(), e);
        }
    }

    private static OvaObject object(XmlValue value) throws VmDescriptionException {
        if (!(value instanceof XmlValue.Struct struct)
                || !(struct.member("snapshot").orElse(null) instanceof XmlValue.Struct record)) {
            throw new VmDescriptionException(
                    "one of the objects of the ova.xml is not a struct with a class, an id and a snapshot");
        }
        return new OvaObject(text(struct, "class"), text(struct, "id"), record);
    }

    private static String text(XmlValue.Struct struct, String member) {
        return struct.member(member).flatMap(XmlValue::asText).orElse("");
    }

    public byte[] encode() {
        var root = new LinkedHashMap<String, XmlValue>();
        root.put("version", version);
        root.put("objects", new XmlValue.Array(objects.stream().map(OvaObject::toValue).toList()));
        return new XmlValue.Struct(root).encode();
    }

    /// The VM, or the only snapshot where there is no VM.
    ///
    /// @throws VmDescriptionException if there is not exactly one
    public OvaObject machine() throws VmDescriptionException {
        var all = all("VM");
        var machines = all.stream().filter(vm -> !vm.flag("is_a_snapshot")).toList();
        var candidates = machines.isEmpty() ? all : machines;
        if (candidates.size() != 1) {
            throw new VmDescriptionException("the ova.xml describes %d VMs; expected one".formatted(candidates.size()));
        }
        return candidates.getFirst();
    }

    /// The objects of a class.
    public List<OvaObject> all(String type) {
        return objects.stream().filter(object -> object.is(type)).toList();
    }

    public Optional<OvaObject> object(String type, String id) {
        return objects.stream().filter(object -> object.is(type) && object.id().equals(id)).findFirst();
    }

    /// The toolstack that wrote it, or that it claims did.
    public ToolstackVersion toolstack() {
        return new ToolstackVersion(number("xapi_major"), number("xapi_minor"));
    }

    private long number(String field) {
        return version.member(field).map(value -> value.asNumber().orElse(0)).orElse(0L);
    }

    /// This as if that toolstack had written it.
    public OvaDocument claiming(ToolstackVersion toolstack) {
        var fields = new LinkedHashMap<>(version.members());
        fields.put("xapi_major", new XmlValue.Text(Long.toString(toolstack.major())));
        fields.put("xapi_minor", new XmlValue.Text(Long.toString(toolstack.minor())));
        return new OvaDocument(new XmlValue.Struct(fields), objects);
    }

    public OvaDocument withObjects(List<OvaObject> other) {
        return new OvaDocument(version, other);
    }

    /// No record: they hold secrets.
    @Override
    public String toString() {
        return "ova.xml of %d objects".formatted(objects.size());
    }
}
