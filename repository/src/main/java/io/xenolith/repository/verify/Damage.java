package io.xenolith.repository.verify;

import io.xenolith.engine.disk.Extent;

/// A part of a disk that a restore point has lost.
public record Damage(String vm, String point, String disk, Extent extent, String reason) {
}
