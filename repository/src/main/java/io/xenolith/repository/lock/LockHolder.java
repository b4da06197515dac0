package io.xenolith.repository.lock;

import io.xenolith.repository.CorruptObjectException;
import io.xenolith.repository.RepositoryException;
import io.xenolith.repository.json.JsonReader;
import io.xenolith.repository.json.JsonWriter;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Objects;
import tools.jackson.core.JacksonException;

/// Who holds a lock, as its file tells. For people: nothing is decided by it but by `mode`.
///
/// @param host the machine's or container's name
/// @param pid the process's number there
/// @param command what it is about, such as `prune`
/// @param since when it took the lock, by its own clock
/// @param mode what it means to do
public record LockHolder(String host, long pid, String command, Instant since, LockMode mode) {

    private static final int VERSION = 1;

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

    /// The text of a lock file: JSON with the keys `version` (1), `host`, `pid`, `command` and `since`.
    byte[] encode() {
        return JsonWriter.object(out -> {
            out.writeNumberProperty("version", VERSION);
            out.writeStringProperty("host", host);
            out.writeNumberProperty("pid", pid);
            out.writeStringProperty("command", command);
            out.writeStringProperty("since", since.toString());
        });
    }

    /// @throws RepositoryException if the text is none of ours
    static LockHolder decode(byte[] text, LockMode mode) throws RepositoryException {
        try (var in = new JsonReader("a lock", text)) {
            String host = null;
            long pid = 0;
            String command = null;
            Instant since = null;
            in.begin(VERSION);
            while (in.nextKey()) {
                switch (in.key()) {
                    case "host" -> host = in.text();
                    case "pid" -> pid = in.wholeNumber();
                    case "command" -> command = in.text();
                    case "since" -> since = Instant.parse(in.text());
                    default -> in.skip();
                }
            }
            return new LockHolder(in.required("host", host), pid, in.required("command", command),
                    in.required("since", since), mode);
        } catch (JacksonException | DateTimeException e) {
            throw new CorruptObjectException("a lock", e.getMessage());
        }
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
