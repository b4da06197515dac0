package io.xenolith.sim.call;

import io.xenolith.sim.model.Field;
import io.xenolith.sim.model.Row;
import io.xenolith.sim.model.Schema;
import io.xenolith.sim.model.Type;
import io.xenolith.sim.pool.Role;
import io.xenolith.sim.rpc.XapiFailure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/// The calls that every class has by its fields: records, getters, and setters where a field may be written.
final class GenericCalls {
    private final Methods methods;

    private GenericCalls(Methods methods) {
        this.methods = methods;
    }

    static void define(Methods methods, Schema schema) {
        var calls = new GenericCalls(methods);
        for (var cls : schema.classes()) {
            calls.defineRecords(cls, schema.field(cls, "name_label") != null);
            schema.fields(cls).forEach(field -> calls.defineField(cls, field));
        }
    }

    private void defineRecords(String cls, boolean named) {
        getter(cls, "get_all", "", call -> refs(call, cls, _ -> true));
        getter(cls, "get_all_records", "", call -> records(call, cls, _ -> true));
        getter(cls, "get_all_records_where", "string", call -> records(call, cls, Where.parse(call.text(0))));
        getter(cls, "get_record", "ref " + cls, call -> call.row(0).asRecord());
        getter(cls, "get_by_uuid", "string", call -> call.database().byUuid(cls, call.text(0)).ref());
        if (named) {
            getter(cls, "get_by_name_label", "string",
                    call -> refs(call, cls, row -> row.text("name_label").equals(call.text(0))));
        }
    }

    private void getter(String cls, String name, String parameters, Method.Body body) {
        methods.defineSync(Role.READ_ONLY, cls + "." + name, parameters, body);
    }

    private static List<String> refs(Call call, String cls, Predicate<Row> wanted) {
        return call.database().all(cls).stream().filter(wanted).map(Row::ref).toList();
    }

    private static Map<String, Object> records(Call call, String cls, Predicate<Row> wanted) {
        var records = new LinkedHashMap<String, Object>();
        call.database().all(cls).stream().filter(wanted).forEach(row -> records.put(row.ref(), row.asRecord()));
        return records;
    }

    private void defineField(String cls, Field field) {
        getter(cls, "get_" + field.name(), "ref " + cls, call -> call.row(0).get(field.name()));
        if (!field.writable()) {
            return;
        }
        var type = words(field.type());
        setter(cls, "set_" + field.name(), type, call -> call.row(0).set(field.name(), call.arguments().get(1)));
        switch (field.type()) {
            case Type.MapTo _ -> defineMap(cls, field.name());
            case Type.SetOf _ -> defineSet(cls, field.name());
            default -> { }
        }
    }

    private void defineMap(String cls, String field) {
        setter(cls, "add_to_" + field, "string, string", call -> {
            if (call.row(0).map(field).containsKey(call.text(1))) {
                throw new XapiFailure("MAP_DUPLICATE_KEY", cls, field, call.text(0), call.text(1));
            }
            call.row(0).put(field, call.text(1), call.text(2));
        });
        setter(cls, "remove_from_" + field, "string", call -> call.row(0).remove(field, call.text(1)));
    }

    private void defineSet(String cls, String field) {
        setter(cls, "add_" + field, "string", call -> call.row(0).addTo(field, call.text(1)));
        setter(cls, "remove_" + field, "string", call -> call.row(0).removeFrom(field, call.text(1)));
    }

    private interface Setter {
        void run(Call call);
    }

    private void setter(String cls, String name, String value, Setter setter) {
        methods.defineSync(writer(cls), cls + "." + name, "ref " + cls + ", " + value, call -> {
            setter.run(call);
            return null;
        });
    }

    private static Role writer(String cls) {
        return switch (cls) {
            case "task", "session" -> Role.READ_ONLY;
            case "VM", "VBD", "VIF", "VDI" -> Role.VM_ADMIN;
            default -> Role.POOL_OPERATOR;
        };
    }

    private static String words(Type type) {
        return switch (type) {
            case Type.Plain plain -> plain.name().toLowerCase(Locale.ROOT);
            case Type.Ref(var cls) -> "ref " + cls;
            case Type.SetOf(var element) -> "set " + words(element);
            case Type.MapTo(var value) -> "map " + words(value);
        };
    }
}
