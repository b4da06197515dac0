package io.xenolith.sim.model;

/// A version of the management API, such as 2.15.
public record ApiVersion(int major, int minor) implements Comparable<ApiVersion> {

    public static ApiVersion parse(String text) {
        var dot = text.indexOf('.');
        return new ApiVersion(Integer.parseInt(text.substring(0, dot)), Integer.parseInt(text.substring(dot + 1)));
    }

    @Override
    public int compareTo(ApiVersion other) {
        return major != other.major ? Integer.compare(major, other.major) : Integer.compare(minor, other.minor);
    }

    public boolean atLeast(ApiVersion other) {
        return compareTo(other) >= 0;
    }
}
