package io.xenolith.repository.point;

/// An object among the restore points that could not be made sense of: it is damaged, or of a newer version.
///
/// @param name   the object's name in the repository
/// @param reason what is wrong with it, as a sentence
public record Unreadable(String name, String reason) {
}
