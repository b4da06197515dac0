package io.xenolith.source.xapi.records;

import io.xenolith.source.xapi.rpc.MalformedAnswerException;
import io.xenolith.source.xapi.rpc.Value;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// All fields of an object as its host sent them. Where a default is given, it stands for a field that the host's
/// version does not have; without one the field must be there.
///
/// @param fields by name; values are `String`, `Long`, `Boolean`, `Double`, `Instant`, `List` and `Map` of these. Whole
///     numbers are mostly strings, as on the wire
/// @param where the object, for messages
public record RawRecord(Map<String, Object> fields, String where) {

    public static RawRecord of(Value value) throws IOException {
        var fields = new LinkedHashMap<String, Object>();
        value.members().forEach((name, member) -> fields.put(name, member.plain()));
        return new RawRecord(Collections.unmodifiableMap(fields), value.where());
    }

    public boolean has(String name) {
        return fields.containsKey(name);
    }

    public Value get(String name) throws IOException {
        var plain = fields.get(name);
        if (plain == null) {
            throw new MalformedAnswerException(where, "no field '%s'".formatted(name));
        }
        return new Value(plain, where + "." + name);
    }

    public String text(String name) throws IOException {
        return get(name).text();
    }

    public String text(String name, String otherwise) throws IOException {
        return has(name) ? text(name) : otherwise;
    }

    public long number(String name) throws IOException {
        return get(name).number();
    }

    public long number(String name, long otherwise) throws IOException {
        return has(name) ? number(name) : otherwise;
    }

    public boolean flag(String name) throws IOException {
        return get(name).flag();
    }

    public boolean flag(String name, boolean otherwise) throws IOException {
        return has(name) ? flag(name) : otherwise;
    }

    public double real(String name) throws IOException {
        return get(name).real();
    }

    public Instant time(String name, Instant otherwise) throws IOException {
        return has(name) ? get(name).time() : otherwise;
    }

    /// A reference; to nothing if the field is missing.
    public <T> Ref<T> ref(String name) throws IOException {
        return has(name) ? new Ref<>(text(name)) : Ref.none();
    }

    /// References, without those to nothing; none if the field is missing.
    public <T> List<Ref<T>> refs(String name) throws IOException {
        var refs = new ArrayList<Ref<T>>();
        for (var text : texts(name)) {
            var ref = new Ref<T>(text);
            if (!ref.isNone()) {
                refs.add(ref);
            }
        }
        return List.copyOf(refs);
    }

    /// A list of texts; empty if the field is missing.
    public List<String> texts(String name) throws IOException {
        return has(name) ? get(name).texts() : List.of();
    }

    /// A map of texts; empty if the field is missing.
    public Map<String, String> map(String name) throws IOException {
        if (!has(name)) {
            return Map.of();
        }
        var map = new LinkedHashMap<String, String>();
        for (var member : get(name).members().entrySet()) {
            map.put(member.getKey(), member.getValue().text());
        }
        return Collections.unmodifiableMap(map);
    }
}
