package io.xenolith.sim.model;

import io.xenolith.sim.rpc.XapiFailure;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// The pool's objects. Everything here is to be done under [#lock()], which a thread may take more than once and gives
/// up while it waits in [#await]. Every change has a number, by which events are told.
public final class Database {

    /// An object that is gone: when it went, and how it was called.
    public record Deletion(long at, String cls, String ref) {}

    private final Schema schema;
    private final ReentrantLock lock = new ReentrantLock(true); // fair: an export's many small steps starve nobody
    private final Condition changed = lock.newCondition();
    private final Map<String, Map<String, Row>> rows = new LinkedHashMap<>();
    private final List<Deletion> deletions = new ArrayList<>();
    private long generation = 1;

    public Database(Schema schema) {
        this.schema = schema;
        schema.classes().forEach(cls -> rows.put(cls, new LinkedHashMap<>()));
    }

    public static boolean isNull(String ref) {
        return ref.isEmpty() || ref.equals(Type.NULL_REF);
    }

    public ReentrantLock lock() {
        return lock;
    }

    public Schema schema() {
        return schema;
    }

    /// The number of the last change.
    public long generation() {
        return generation;
    }

    /// Waits, with the lock given up, until `done` or until `millis` have passed; tells whether it is done.
    public boolean await(long millis, BooleanSupplier done) throws InterruptedException {
        long left = TimeUnit.MILLISECONDS.toNanos(millis);
        while (!done.getAsBoolean()) {
            if (left <= 0) {
                return false;
            }
            left = changed.awaitNanos(left);
        }
        return true;
    }

    /// Makes an object with a fresh reference, and a fresh uuid unless one is given. Fields not given have their default.
    public Row create(String cls, Map<String, ?> given) {
        var row = new Row(this, cls, "OpaqueRef:" + UUID.randomUUID(), new LinkedHashMap<>());
        for (var field : schema.fields(cls)) {
            row.replace(field.name(), field.type().zero());
        }
        row.created = ++generation;
        row.modified = row.created;
        rows.get(cls).put(row.ref(), row);
        for (var field : schema.fields(cls)) {
            if (field.inverse() == null) {
                update(row, field.name(), given.containsKey(field.name()) ? given.get(field.name()) : field.initial());
            }
        }
        if (row.uuid().isEmpty()) {
            row.replace("uuid", UUID.randomUUID().toString());
        }
        return row;
    }

    public void delete(Row row) {
        for (var field : schema.fields(row.cls())) {
            if (field.type() instanceof Type.Ref(var target)) {
                unmirror(row, field.name(), target, row.text(field.name()));
            }
        }
        rows.get(row.cls()).remove(row.ref());
        deletions.add(new Deletion(++generation, row.cls(), row.ref()));
        changed.signalAll();
    }

    void update(Row row, String field, Object value) {
        var definition = schema.field(row.cls(), field);
        if (definition == null) {
            return; // a field of a later version
        }
        var old = row.replace(field, value);
        if (definition.type() instanceof Type.Ref(var target) && !value.equals(old)) {
            unmirror(row, field, target, (String) old);
            mirror(row, field, target, (String) value);
        }
        row.modified = ++generation;
        changed.signalAll();
    }

    private void mirror(Row row, String field, String target, String ref) {
        var set = schema.mirror(row.cls(), field, target);
        var owner = set == null ? null : find(target, ref);
        if (owner != null) {
            owner.addTo(set.name(), row.ref());
        }
    }

    private void unmirror(Row row, String field, String target, String ref) {
        var set = schema.mirror(row.cls(), field, target);
        var owner = set == null || ref == null ? null : find(target, ref);
        if (owner != null) {
            owner.removeFrom(set.name(), row.ref());
        }
    }

    public Collection<Row> all(String cls) {
        return List.copyOf(rows.get(cls).values());
    }

    /// Null if there is no such object.
    public Row find(String cls, String ref) {
        return rows.getOrDefault(cls, Map.of()).get(ref);
    }

    /// @throws XapiFailure `HANDLE_INVALID` if there is no such object
    public Row get(String cls, String ref) {
        var row = find(cls, ref);
        if (row == null) {
            throw new XapiFailure("HANDLE_INVALID", cls, ref);
        }
        return row;
    }

    /// @throws XapiFailure `UUID_INVALID` if there is no such object
    public Row byUuid(String cls, String uuid) {
        for (var row : rows.get(cls).values()) {
            if (row.uuid().equals(uuid)) {
                return row;
            }
        }
        throw new XapiFailure("UUID_INVALID", cls, uuid);
    }

    /// The object that an HTTP handler's parameter names, by reference or uuid.
    public Row byRefOrUuid(String cls, String name) {
        var row = find(cls, name);
        return row != null ? row : byUuid(cls, name);
    }

    /// Objects of `cls` changed after `generation`.
    public List<Row> changedSince(String cls, long since) {
        return rows.get(cls).values().stream().filter(row -> row.modified > since).toList();
    }

    /// Whether `row` was made after `generation`.
    public boolean isNewSince(Row row, long since) {
        return row.created > since;
    }

    public List<Deletion> deletedSince(long since) {
        return deletions.stream().filter(deletion -> deletion.at() > since).toList();
    }
}
