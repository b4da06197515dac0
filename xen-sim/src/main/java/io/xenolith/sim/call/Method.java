package io.xenolith.sim.call;

import io.xenolith.sim.model.Type;
import io.xenolith.sim.pool.Role;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// A call that the pool understands.
///
/// @param required how many of the parameters must be given
/// @param async    whether `Async.` may stand before its name
public record Method(String name, List<Type> parameters, int required, Role role, boolean async, Body body) {

    /// What a call does. It runs under the database's lock and may give it up while it waits.
    public interface Body {
        /// @return null for a call without a result
        Object run(Call call) throws IOException, InterruptedException;
    }

    /// Parses parameters such as `ref VM, string, ?set ref VDI`; those with a question mark may be left out.
    static Method of(String name, String parameters, Role role, boolean async, Body body) {
        var types = new ArrayList<Type>();
        int required = 0;
        for (var parameter : parameters.isEmpty() ? new String[0] : parameters.split(", ")) {
            boolean optional = parameter.startsWith("?");
            required += optional ? 0 : 1;
            types.add(Type.parse(Arrays.asList(parameter.substring(optional ? 1 : 0).split(" ")).iterator()));
        }
        return new Method(name, List.copyOf(types), required, role, async, body);
    }

    /// Whether the call's first argument is a session; only calls that come before one do without.
    boolean needsSession() {
        return !name.startsWith("session.login_") && !name.startsWith("system.");
    }

    /// The method's name as role checks report it.
    String permission() {
        return name.toLowerCase(Locale.ROOT);
    }
}
