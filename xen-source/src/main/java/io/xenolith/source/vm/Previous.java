package io.xenolith.source.vm;

import io.xenolith.engine.point.RestorePoint;

/// A restore point of the machine of which something stayed in the pool.
///
/// @param point in the repository
/// @param base  what of it the pool still has, as far as is known
public record Previous(RestorePoint point, KeptBase base) {
}
