package io.xenolith.engine.backup;

/// How a disk was read.
public sealed interface Reading {

    /// All of it was read (holes that the source knows of apart), since that was asked for.
    record Whole() implements Reading {
    }

    /// Only what changed since the base was read, and a random sample of the rest.
    ///
    /// @param sampledBytes how many bytes of the rest were compared with the base
    record Changed(long sampledBytes) implements Reading {
    }

    /// All of it was read although only the changes were asked for.
    ///
    /// @param reason why, as a sentence for the user
    record WholeInstead(String reason) implements Reading {
    }
}
