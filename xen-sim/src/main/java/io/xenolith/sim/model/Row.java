package io.xenolith.sim.model;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One object of the pool: a record with a reference. To be used under the database's lock only.
public final class Row {
    private final Database database;
    private final String cls;
    private final String ref;
    private final Map<String, Object> values;
    long created;
    long modified;

    Row(Database database, String cls, String ref, Map<String, Object> values) {
        this.database = database;
        this.cls = cls;
        this.ref = ref;
        this.values = values;
    }

    public String cls() {
        return cls;
    }

    public String ref() {
        return ref;
    }

    public String uuid() {
        return text("uuid");
    }

    public Object get(String field) {
        var value = values.get(field);
        if (value == null) {
            throw new IllegalArgumentException("%s has no field %s".formatted(cls, field));
        }
        return value;
    }

    /// False for a field that this version of the pool does not know.
    public boolean has(String field) {
        return values.containsKey(field);
    }

    public String text(String field) {
        return (String) get(field);
    }

    public long number(String field) {
        return (Long) get(field);
    }

    public boolean flag(String field) {
        return (Boolean) get(field);
    }

    public Instant time(String field) {
        return (Instant) get(field);
    }

    /// The elements of a set of strings or references.
    public List<String> texts(String field) {
        return ((List<?>) get(field)).stream().map(String.class::cast).toList();
    }

    /// A copy of a map to strings or references.
    public Map<String, String> map(String field) {
        var copy = new LinkedHashMap<String, String>();
        ((Map<?, ?>) get(field)).forEach((key, value) -> copy.put((String) key, (String) value));
        return copy;
    }

    public boolean isNull(String refField) {
        return Database.isNull(text(refField));
    }

    /// The object that a reference names, or null if there is none (any more).
    public Row follow(String refField) {
        var type = (Type.Ref) database.schema().field(cls, refField).type();
        return database.find(type.cls(), text(refField));
    }

    /// The objects that a set of references names, without those that are gone.
    public List<Row> followAll(String setField) {
        var type = (Type.Ref) ((Type.SetOf) database.schema().field(cls, setField).type()).element();
        return texts(setField).stream().map(ref -> database.find(type.cls(), ref)).filter(row -> row != null).toList();
    }

    public Row set(String field, Object value) {
        database.update(this, field, value);
        return this;
    }

    public void put(String mapField, String key, String value) {
        var changed = map(mapField);
        changed.put(key, value);
        set(mapField, changed);
    }

    public void remove(String mapField, String key) {
        var changed = map(mapField);
        if (changed.remove(key) != null) {
            set(mapField, changed);
        }
    }

    public void addTo(String setField, String value) {
        var changed = new ArrayList<>(texts(setField));
        if (!changed.contains(value)) {
            changed.add(value);
            set(setField, List.copyOf(changed));
        }
    }

    public void removeFrom(String setField, String value) {
        var changed = new ArrayList<>(texts(setField));
        if (changed.remove(value)) {
            set(setField, List.copyOf(changed));
        }
    }

    /// All fields in the order of the schema.
    public Map<String, Object> asRecord() {
        return new LinkedHashMap<>(values);
    }

    Object replace(String field, Object value) {
        return values.put(field, value);
    }
}
