package io.xenolith.sim.model;

import io.xenolith.sim.rpc.XapiFailure;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A type of the XenAPI, and what stands for it in Java.
///
/// | XenAPI             | Java                       |
/// |--------------------|----------------------------|
/// | string, enum, ref  | [String]                   |
/// | int                | [Long]                     |
/// | float              | [Double]                   |
/// | bool               | [Boolean]                  |
/// | datetime           | [Instant]                  |
/// | set, map           | [List], [Map] from strings |
/// | record             | [Map] of untyped values    |
public sealed interface Type {

    /// A null reference on the wire.
    String NULL_REF = "OpaqueRef:NULL";

    enum Plain implements Type { STRING, INT, FLOAT, BOOL, DATETIME, RECORD }

    record Ref(String cls) implements Type {}

    record SetOf(Type element) implements Type {}

    record MapTo(Type value) implements Type {}

    /// Parses words such as `set ref VM`, `map string` or `int`; takes only what belongs to the type from `words`.
    static Type parse(Iterator<String> words) {
        var word = words.next();
        return switch (word) {
            case "string" -> Plain.STRING;
            case "int" -> Plain.INT;
            case "float" -> Plain.FLOAT;
            case "bool" -> Plain.BOOL;
            case "datetime" -> Plain.DATETIME;
            case "record" -> Plain.RECORD;
            case "ref" -> new Ref(words.next());
            case "set" -> new SetOf(parse(words));
            case "map" -> new MapTo(parse(words));
            default -> throw new IllegalArgumentException("no such type: " + word);
        };
    }

    /// What a field of this type holds before anybody sets it.
    default Object zero() {
        return switch (this) {
            case Plain.STRING -> "";
            case Plain.INT -> 0L;
            case Plain.FLOAT -> 0.0;
            case Plain.BOOL -> false;
            case Plain.DATETIME -> Instant.EPOCH;
            case Plain.RECORD -> Map.of();
            case Ref _ -> NULL_REF;
            case SetOf _ -> List.of();
            case MapTo _ -> Map.of();
        };
    }

    /// The default written as `text` in the list of classes.
    default Object literal(String text) {
        return switch (this) {
            case Plain.INT -> Long.valueOf(text);
            case Plain.FLOAT -> Double.valueOf(text);
            case Plain.BOOL -> Boolean.valueOf(text);
            default -> text;
        };
    }

    /// What a client sent for `name`, as a value of this type.
    ///
    /// @throws XapiFailure `FIELD_TYPE_ERROR` if it is none
    default Object accept(String name, Object sent) {
        var accepted = switch (this) {
            case Plain.STRING -> sent instanceof String ? sent : null;
            case Ref _ -> sent instanceof String ? sent : null;
            case Plain.INT -> sent instanceof String text ? integer(name, text) : sent instanceof Long ? sent : null;
            case Plain.FLOAT -> sent instanceof Number number ? number.doubleValue() : null;
            case Plain.BOOL -> sent instanceof Boolean ? sent : null;
            case Plain.DATETIME ->
                    sent instanceof String text ? Dates.parse(name, text) : sent instanceof Instant ? sent : null;
            case Plain.RECORD -> sent instanceof Map<?, ?> ? sent : null;
            case SetOf set -> sent instanceof List<?> list ? acceptAll(set.element(), name, list) : null;
            case MapTo map -> sent instanceof Map<?, ?> values ? acceptAll(map.value(), name, values) : null;
        };
        if (accepted == null) {
            throw new XapiFailure("FIELD_TYPE_ERROR", name);
        }
        return accepted;
    }

    private static Object integer(String name, String text) {
        try {
            return Long.valueOf(text);
        } catch (NumberFormatException _) {
            throw new XapiFailure("FIELD_TYPE_ERROR", name);
        }
    }

    private static List<Object> acceptAll(Type type, String name, List<?> sent) {
        var accepted = new ArrayList<>(sent.size());
        sent.forEach(value -> accepted.add(type.accept(name, value)));
        return List.copyOf(accepted);
    }

    private static Map<String, Object> acceptAll(Type type, String name, Map<?, ?> sent) {
        var accepted = new LinkedHashMap<String, Object>();
        sent.forEach((key, value) -> accepted.put((String) key, type.accept(name, value)));
        return accepted;
    }
}
