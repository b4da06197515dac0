package io.xenolith.source.vm.description;

import io.xenolith.source.xapi.records.Host;
import java.util.Optional;
import java.util.regex.Pattern;

/// The version of a toolstack as an `ova.xml` tells it: a host refuses one that is newer than its own.
public record ToolstackVersion(long major, long minor) implements Comparable<ToolstackVersion> {
    /// Older than any host in use.
    public static final ToolstackVersion OLDEST = new ToolstackVersion(1, 9);

    private static final Pattern TEXT = Pattern.compile("(\\d{1,9})\\.(\\d{1,9})(\\..*)?");

    /// Reads a version such as `1.20`.
    public static Optional<ToolstackVersion> parse(String text) {
        var match = TEXT.matcher(text);
        return match.matches()
                ? Optional.of(new ToolstackVersion(Long.parseLong(match.group(1)), Long.parseLong(match.group(2))))
                : Optional.empty();
    }

    /// What a host says of itself, if it does.
    public static Optional<ToolstackVersion> of(Host host) {
        return parse(host.softwareVersion().getOrDefault("xapi", ""));
    }

    @Override
    public int compareTo(ToolstackVersion other) {
        return major == other.major ? Long.compare(minor, other.minor) : Long.compare(major, other.major);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
