package io.xenolith.engine.point;

/// A disk of the machine that is not in the restore point.
///
/// @param name   what it is called
/// @param reason why it was left out, as a sentence
public record SkippedDisk(String name, String reason) {
}
