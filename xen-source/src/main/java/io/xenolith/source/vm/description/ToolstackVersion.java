package io.xenolith.source.vm.description;

/// The version of a toolstack as an `ova.xml` tells it: a host refuses one that is newer than its own.
public record ToolstackVersion(long major, long minor) implements Comparable<ToolstackVersion> {

    @Override
    public int compareTo(ToolstackVersion other) {
        return major == other.major ? Long.compare(minor, other.minor) : Long.compare(major, other.major);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
