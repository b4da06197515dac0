package io.xenolith.source.vhd;

import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

/// What tells one VHD from another. Of a stream that a host exports it says nothing: that has a random id and no time.
///
/// @param id   a differencing disk names its parent by it
/// @param time when the disk was made; whole seconds from 2000 to 2136 in the image
public record VhdIdentity(UUID id, Instant time) {

    public VhdIdentity {
        Objects.requireNonNull(id);
        Objects.requireNonNull(time);
    }

    /// Whether it was chosen to be known by: a host's export has a random id, and no time.
    public boolean meansSomething() {
        return time.isAfter(VhdTime.decode(0));
    }
}
