package io.xenolith.repository.lock;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Objects;

/// Who holds a lock, as its file tells. For people: nothing is decided by it but by `mode`.
///
/// @param host the machine's or container's name
/// @param pid the process's number there
/// @param command what it is about, such as `prune`
/// @param since when it took the lock, by its own clock
/// @param mode what it means to do
public record LockHolder(String host, long pid, String command, Instant since, LockMode mode) {

    public LockHolder {
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(command, "command");
        Objects.requireNonNull(since, "since");
        Objects.requireNonNull(mode, "mode");
    }

    static LockHolder of(LockOwner owner, LockMode mode) {
        return new LockHolder(owner.host(), owner.pid(), owner.command(), Instant.now(), mode);
    }

    /// A holder whose file tells nothing.
    static LockHolder unknown(LockMode mode) {
        return new LockHolder("", 0, "", Instant.EPOCH, mode);
    }

    boolean isUnknown() {
        return host.isEmpty() && pid == 0 && command.isEmpty();
    }

    LockHolder withMode(LockMode other) {
        return new LockHolder(host, pid, command, since, other);
    }

    /// A phrase such as `prune by host nas, process 4711, since 2026-01-31T02:00:00Z (exclusive)`.
    public String describe() {
        var kind = mode.name().toLowerCase(Locale.ROOT);
        return isUnknown()
                ? "unknown process (%s)".formatted(kind)
                : printable("%s by host %s, process %d, since %s (%s)"
                        .formatted(command, host, pid, since.truncatedTo(ChronoUnit.SECONDS), kind));
    }

    /// What comes from another host's file shall not steer a terminal.
    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}
