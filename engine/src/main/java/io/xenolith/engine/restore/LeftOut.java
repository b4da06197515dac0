package io.xenolith.engine.restore;

import io.xenolith.engine.disk.Extent;

/// A part of a disk that could not be restored.
///
/// @param reason why, as a sentence for the user; where adjoining parts were lost, why the first of them was
public record LeftOut(Extent extent, String reason) {
}
