package io.xenolith.source.xapi;

import io.xenolith.source.xapi.error.GoneException;
import io.xenolith.source.xapi.records.Ref;
import io.xenolith.source.xapi.records.XapiClass;
import io.xenolith.source.xapi.rpc.Calls;
import io.xenolith.source.xapi.rpc.Value;
import io.xenolith.source.xapi.task.Tasks;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What can be asked of objects of every class.
///
/// @param <T> their record
public abstract sealed class ObjectCalls<T>
        permits Hosts, Networks, Pools, Srs, Vbds, Vdis, Vifs, Vms, Vtpms {
    private final XapiClass<T> type;
    private final Calls calls;
    private final Tasks tasks;

    ObjectCalls(XapiClass<T> type, Calls calls, Tasks tasks) {
        this.type = type;
        this.calls = calls;
        this.tasks = tasks;
    }

    /// @throws GoneException if it does not exist (any more)
    public final T get(Ref<T> ref) throws IOException, InterruptedException {
        return type.read(ref, ask("get_record", ref));
    }

    /// Nothing if it does not exist.
    public final Optional<T> find(String uuid) throws IOException, InterruptedException {
        try {
            return Optional.of(get(new Ref<>(ask("get_by_uuid", uuid).text())));
        } catch (GoneException e) {
            return Optional.empty();
        }
    }

    /// @throws GoneException if it does not exist
    public final T byUuid(String uuid) throws IOException, InterruptedException {
        return get(new Ref<>(ask("get_by_uuid", uuid).text()));
    }

    /// Every object of the class in the pool.
    public final List<T> all() throws IOException, InterruptedException {
        return others(type);
    }

    /// Those of `refs` that still exist.
    public final List<T> existing(List<Ref<T>> refs) throws IOException, InterruptedException {
        var found = new ArrayList<T>(refs.size());
        for (var ref : refs) {
            try {
                found.add(get(ref));
            } catch (GoneException e) {
                // went while we asked for the others
            }
        }
        return found;
    }

    /// Sets a key of `other_config`, in the place of an older value if there is one.
    public final void putOtherConfig(Ref<T> ref, String key, String value) throws IOException, InterruptedException {
        putEntry("other_config", ref, key, value);
    }

    /// Removes a key of `other_config`, if it is there.
    public final void removeOtherConfig(Ref<T> ref, String key) throws IOException, InterruptedException {
        ask("remove_from_other_config", ref, key);
    }

    // A host refuses to add a key that is there.
    final void putEntry(String field, Ref<T> ref, String key, String value) throws IOException, InterruptedException {
        ask("remove_from_" + field, ref, key);
        tell("add_to_" + field, ref, key, value);
    }

    /// Every object of a class that has no calls of its own.
    final <O> List<O> others(XapiClass<O> other) throws IOException, InterruptedException {
        return records(other, calls.ask(other.name() + ".get_all_records"));
    }

    /// One object of a class that has no calls of its own; nothing if it does not exist any more.
    final <O> Optional<O> other(XapiClass<O> other, Ref<O> ref) throws IOException, InterruptedException {
        try {
            return Optional.of(other.read(ref, calls.ask(other.name() + ".get_record", ref)));
        } catch (GoneException e) {
            return Optional.empty();
        }
    }

    private static <O> List<O> records(XapiClass<O> type, Value value) throws IOException {
        var records = new ArrayList<O>();
        for (var member : value.members().entrySet()) {
            records.add(type.read(new Ref<>(member.getKey()), member.getValue()));
        }
        return records;
    }

    /// A call that may be done twice.
    final Value ask(String method, Object... arguments) throws IOException, InterruptedException {
        return calls.ask(type.name() + "." + method, arguments);
    }

    /// A call that may not.
    final Value tell(String method, Object... arguments) throws IOException, InterruptedException {
        return calls.tell(type.name() + "." + method, arguments);
    }

    /// A call that takes time and may not be done twice.
    final Value run(String method, Object... arguments) throws IOException, InterruptedException {
        return tasks.run(type.name() + "." + method, arguments);
    }

    /// A call that takes time and may be done twice.
    final Value runRepeatable(String method, Object... arguments) throws IOException, InterruptedException {
        return tasks.runRepeatable(type.name() + "." + method, arguments);
    }

    /// Deletes; what does not exist any more is deleted.
    final void runDestroy(Ref<T> ref) throws IOException, InterruptedException {
        try {
            runRepeatable("destroy", ref);
        } catch (GoneException e) {
            // as it should be
        }
    }

    /// As [#runDestroy(Ref)], of what goes at once.
    final void askDestroy(Ref<T> ref) throws IOException, InterruptedException {
        try {
            ask("destroy", ref);
        } catch (GoneException e) {
            // as it should be
        }
    }
}
