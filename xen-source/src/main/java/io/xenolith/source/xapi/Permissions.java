package io.xenolith.source.xapi;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// What an account may do in its pool, as names of calls such as `vm.snapshot` and of streams such as
/// `http/get_export`.
public final class Permissions {
    /// Those of root.
    static final Permissions ALL = new Permissions(Set.of());

    private final Set<String> names;

    private Permissions(Set<String> names) {
        this.names = names;
    }

    static Permissions of(List<String> names) {
        return new Permissions(names.stream().map(name -> name.toLowerCase(Locale.ROOT))
                .collect(Collectors.toUnmodifiableSet()));
    }

    /// @param name in either case
    public boolean allow(String name) {
        return this == ALL || names.contains(name.toLowerCase(Locale.ROOT));
    }
}
