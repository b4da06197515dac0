package io.xenolith.source.xapi.records;

import io.xenolith.source.xapi.rpc.Value;
import java.io.IOException;

/// A class of objects: its name in calls, and how its records are read.
public record XapiClass<T>(String name, Reader<T> reader) {

    /// Reads one record.
    @FunctionalInterface
    public interface Reader<T> {
        T read(Ref<T> ref, RawRecord raw) throws IOException;
    }

    public T read(Ref<T> ref, Value value) throws IOException {
        return reader.read(ref, RawRecord.of(new Value(value.plain(), name + " " + ref)));
    }
}
