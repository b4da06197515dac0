package io.xenolith.sim.call;

import io.xenolith.sim.model.Database;
import io.xenolith.sim.model.Row;
import io.xenolith.sim.model.Type;
import io.xenolith.sim.pool.Host;
import io.xenolith.sim.pool.Pool;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// One call under way: who asks whom for what. Arguments are counted without the session and have their declared types.
///
/// @param session null for the calls that log in
/// @param task    null for a call that the client waits for
public record Call(Pool pool, Host host, Row session, Row task, Method method, List<Object> arguments) {

    public Database database() {
        return pool.database();
    }

    public boolean has(int index) {
        return index < arguments.size();
    }

    public String text(int index) {
        return (String) arguments.get(index);
    }

    public String text(int index, String otherwise) {
        return has(index) ? text(index) : otherwise;
    }

    public long number(int index) {
        return (Long) arguments.get(index);
    }

    public double decimal(int index) {
        return (Double) arguments.get(index);
    }

    public boolean flag(int index) {
        return (Boolean) arguments.get(index);
    }

    public Instant time(int index) {
        return (Instant) arguments.get(index);
    }

    public List<String> texts(int index) {
        return ((List<?>) arguments.get(index)).stream().map(String.class::cast).toList();
    }

    @SuppressWarnings("unchecked") // a map's keys are strings on every wire
    public Map<String, Object> map(int index) {
        return (Map<String, Object>) arguments.get(index);
    }

    /// The object that a reference among the arguments names.
    ///
    /// @throws io.xenolith.sim.rpc.XapiFailure `HANDLE_INVALID` if there is none
    public Row row(int index) {
        var type = (Type.Ref) method.parameters().get(index);
        return database().get(type.cls(), text(index));
    }

    /// As [#row], but null for a null reference.
    public Row rowOrNull(int index) {
        return Database.isNull(text(index)) ? null : row(index);
    }

    /// What an object's `current_operations` call the work: the task's reference, or a dummy for a call that is waited for.
    public String operationRef() {
        return task != null ? task.ref() : "DummyRef:|" + session.uuid() + "|" + method.name();
    }
}
