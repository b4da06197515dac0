package io.xenolith.source.xapi.records;

import io.xenolith.source.xapi.rpc.WireText;

/// A pool's reference to an object. It holds as long as the object, in this pool and this database; what is kept for
/// longer is the uuid.
///
/// @param <T> the object's record
/// @param value as the host wrote it; hosts write none as `OpaqueRef:NULL` or as nothing, here it is the former
public record Ref<T>(String value) implements WireText {
    private static final String NONE = "OpaqueRef:NULL";

    public Ref {
        value = value.isBlank() ? NONE : value;
    }

    /// The reference to nothing.
    public static <T> Ref<T> none() {
        return new Ref<>(NONE);
    }

    public boolean isNone() {
        return value.equals(NONE);
    }

    @Override
    public String onTheWire() {
        return value;
    }

    @Override
    public String toString() {
        return value;
    }
}
