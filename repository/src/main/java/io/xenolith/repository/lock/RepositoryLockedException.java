package io.xenolith.repository.lock;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Others work on the repository that cannot be joined. Nothing was changed; trying later helps.
public final class RepositoryLockedException extends IOException {

    private final transient List<LockHolder> holders;

    RepositoryLockedException(String repository, LockMode mode, Duration waited, List<LockHolder> holders) {
        super("%s is locked for %s after %s: %s; wait until that ends, or raise --lock-wait"
                .formatted(repository, mode.name().toLowerCase(Locale.ROOT), seconds(waited), describe(holders)));
        this.holders = List.copyOf(holders);
    }

    /// Who is in the way, at least one.
    public List<LockHolder> holders() {
        return holders;
    }

    private static String seconds(Duration waited) {
        return "%.1f s".formatted(waited.toMillis() / 1e3);
    }

    private static String describe(List<LockHolder> holders) {
        return holders.stream().map(LockHolder::describe).collect(Collectors.joining(", "));
    }
}
