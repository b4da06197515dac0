package io.xenolith.source.vm.restore;

import java.io.IOException;
import java.util.List;

/// A restore cannot be done as asked. Nothing in the pool was changed.
public final class RestoreRefusedException extends IOException {
    private final List<String> problems;

    RestoreRefusedException(String vm, List<String> problems) {
        super("'%s' is not restored, nothing was changed: %s".formatted(vm, String.join("; ", problems)));
        this.problems = List.copyOf(problems);
    }

    /// All that stands in the way, each with what to do about it.
    public List<String> problems() {
        return problems;
    }
}
