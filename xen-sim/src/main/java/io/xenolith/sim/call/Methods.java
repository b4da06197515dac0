package io.xenolith.sim.call;

import io.xenolith.sim.pool.Role;
import io.xenolith.sim.rpc.XapiFailure;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The calls that a pool understands, by name. A later definition replaces an earlier one, so that a class's own setters
/// win over the generic ones.
public final class Methods {
    private final Map<String, Method> methods = new HashMap<>();

    /// Defines a call that a client may wait for or hand to a task.
    void define(Role role, String name, String parameters, Method.Body body) {
        methods.put(name, Method.of(name, parameters, role, true, body));
    }

    /// Defines a call without an `Async.` form.
    void defineSync(Role role, String name, String parameters, Method.Body body) {
        methods.put(name, Method.of(name, parameters, role, false, body));
    }

    List<String> names() {
        return methods.keySet().stream().sorted().toList();
    }

    /// What somebody of this role may call, in lower case as a session lists it.
    List<String> permissions(Role role) {
        return methods.values().stream().filter(method -> role.includes(method.role())).map(Method::permission).sorted()
                .toList();
    }

    /// @throws XapiFailure `MESSAGE_METHOD_UNKNOWN`
    Method find(String name) {
        var method = methods.get(name);
        if (method == null) {
            method = methods.get(name.replaceFirst("_", ".")); // Class_method is an old way to write Class.method
        }
        if (method == null) {
            throw new XapiFailure("MESSAGE_METHOD_UNKNOWN", name);
        }
        return method;
    }
}
