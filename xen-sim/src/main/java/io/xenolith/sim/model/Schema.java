package io.xenolith.sim.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.ListIterator;
import java.util.Map;

/// The classes and fields that a pool of one version has, as `classes.txt` beside this class lists them. Immutable.
public final class Schema {
    private static final ApiVersion ALWAYS = new ApiVersion(0, 0);

    private final Map<String, Map<String, Field>> classes = new LinkedHashMap<>();

    private Schema() {}

    public static Schema of(ApiVersion version) {
        var schema = new Schema();
        var fields = new LinkedHashMap<String, Field>();
        for (var line : lines()) {
            if (!line.startsWith(" ")) {
                fields = new LinkedHashMap<>();
                schema.classes.put(line.strip(), fields);
                continue;
            }
            var field = parse(line);
            if (version.atLeast(field.since())) {
                fields.put(field.name(), field);
            }
        }
        return schema;
    }

    private static List<String> lines() {
        try (var in = Schema.class.getResourceAsStream("classes.txt")) {
            var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return text.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Field parse(String line) {
        var words = new ArrayList<>(Arrays.asList(line.strip().split(" +"))).listIterator();
        var name = words.next();
        var type = Type.parse(words);
        var access = Field.Access.READ_ONLY;
        boolean mandatory = false;
        String inverse = null;
        var initial = type.zero();
        var since = ALWAYS;
        while (words.hasNext()) {
            switch (words.next()) {
                case "rw" -> access = Field.Access.READ_WRITE;
                case "ctor" -> access = Field.Access.CONSTRUCTOR;
                case "!" -> mandatory = true;
                case "<-" -> inverse = words.next();
                case "=" -> initial = type.literal(words.next());
                case "since" -> since = ApiVersion.parse(words.next());
                default -> throw unknownWord(line, words);
            }
        }
        return new Field(name, type, access, mandatory, inverse, initial, since);
    }

    private static IllegalStateException unknownWord(String line, ListIterator<String> words) {
        return new IllegalStateException("classes.txt: '%s' in line '%s'".formatted(words.previous(), line));
    }

    public Collection<String> classes() {
        return classes.keySet();
    }

    public boolean has(String cls) {
        return classes.containsKey(cls);
    }

    public Collection<Field> fields(String cls) {
        return classes.get(cls).values();
    }

    /// Null if the class has no such field in this version.
    public Field field(String cls, String name) {
        return classes.get(cls).get(name);
    }

    /// The set in class `target` that mirrors the reference `field` of class `cls`; null if there is none.
    Field mirror(String cls, String field, String target) {
        for (var candidate : classes.getOrDefault(target, Map.of()).values()) {
            if (field.equals(candidate.inverse()) && candidate.type().equals(new Type.SetOf(new Type.Ref(cls)))) {
                return candidate;
            }
        }
        return null;
    }
}
