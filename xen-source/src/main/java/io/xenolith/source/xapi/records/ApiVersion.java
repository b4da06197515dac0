package io.xenolith.source.xapi.records;

/// A version of the API, for example 2.15. XCP-ng carries features back to older versions, so trying a call tells more
/// than comparing versions; a host that does not know it says so.
public record ApiVersion(long major, long minor) implements Comparable<ApiVersion> {

    @Override
    public int compareTo(ApiVersion other) {
        return major != other.major ? Long.compare(major, other.major) : Long.compare(minor, other.minor);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
