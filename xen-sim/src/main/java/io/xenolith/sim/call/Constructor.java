package io.xenolith.sim.call;

import io.xenolith.sim.model.Schema;
import io.xenolith.sim.rpc.XapiFailure;
import java.util.LinkedHashMap;
import java.util.Map;

/// Takes the record that a `create` call was given apart: mandatory members must be there, unknown ones are ignored.
final class Constructor {
    private Constructor() {}

    /// The members that the class's constructor takes, with their types.
    ///
    /// @throws XapiFailure `INTERNAL_ERROR` if a mandatory one is missing
    static Map<String, Object> arguments(Schema schema, String cls, Map<String, Object> record) {
        var arguments = new LinkedHashMap<String, Object>();
        for (var field : schema.fields(cls)) {
            var sent = record.get(field.name());
            if (sent == null && field.mandatory()) {
                throw new XapiFailure("INTERNAL_ERROR",
                        "Server_helpers.Dispatcher_FieldNotFound(\"%s\")".formatted(field.name()));
            }
            if (sent != null && field.constructed()) {
                arguments.put(field.name(), field.type().accept(field.name(), sent));
            }
        }
        return arguments;
    }
}
