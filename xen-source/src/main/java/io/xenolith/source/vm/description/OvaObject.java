package io.xenolith.source.vm.description;

import io.xenolith.source.xmlvalue.XmlValue;
import java.util.LinkedHashMap;
import java.util.Map;

/// An object of an `ova.xml`.
///
/// @param type   its class, such as `VBD`
/// @param id     what the others call it, such as `Ref:10`
/// @param record its fields
public record OvaObject(String type, String id, XmlValue.Struct record) {

    public boolean is(String wanted) {
        return type.equals(wanted);
    }

    /// A field as text; empty if there is none.
    public String text(String field) {
        return record.member(field).flatMap(XmlValue::asText).orElse("");
    }

    /// A field as a whole number; 0 if there is none.
    public long number(String field) {
        return record.member(field).map(value -> value.asNumber().orElse(0)).orElse(0L);
    }

    public boolean flag(String field) {
        return record.member(field).filter(XmlValue::isTrue).isPresent();
    }

    /// A field that is a map; empty if there is none.
    public Map<String, XmlValue> map(String field) {
        return record.member(field).orElse(null) instanceof XmlValue.Struct(var members) ? members : Map.of();
    }

    /// True of a CD drive.
    public boolean isCd() {
        return text("type").equalsIgnoreCase("CD");
    }

    /// This under another id.
    public OvaObject withId(String other) {
        return new OvaObject(type, other, record);
    }

    /// This with other values in fields that it has. What its host did not know is not added.
    public OvaObject with(Map<String, XmlValue> changes) {
        var members = new LinkedHashMap<>(record.members());
        changes.forEach(members::replace);
        return new OvaObject(type, id, new XmlValue.Struct(members));
    }

    /// This with one more entry in a field that is a map.
    public OvaObject withEntry(String field, String key, String value) {
        var entries = new LinkedHashMap<>(map(field));
        entries.put(key, new XmlValue.Text(value));
        return with(Map.of(field, new XmlValue.Struct(entries)));
    }

    /// No record: it may hold secrets.
    @Override
    public String toString() {
        return type + " " + id;
    }

    XmlValue toValue() {
        var members = new LinkedHashMap<String, XmlValue>();
        members.put("class", new XmlValue.Text(type));
        members.put("id", new XmlValue.Text(id));
        members.put("snapshot", record);
        return new XmlValue.Struct(members);
    }
}
