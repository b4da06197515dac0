package io.xenolith.source.vm.restore;

import java.io.IOException;
import java.util.List;

/// A restore failed or was interrupted half way. Its cause is why; its message says what became of what it had made.
public final class RestoreFailedException extends IOException {
    private final List<String> left;

    RestoreFailedException(String vm, Throwable cause, List<String> left) {
        super("the restore of '%s' failed: %s; %s".formatted(vm, cause.getMessage(), left.isEmpty()
                ? "all that it had made in the pool is removed"
                : "not everything could be undone, see to it by hand: " + String.join("; ", left)), cause);
        this.left = List.copyOf(left);
    }

    /// What could not be undone; mostly nothing.
    public List<String> left() {
        return left;
    }
}
