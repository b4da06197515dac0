package io.xenolith.engine.point;

/// The state in which the disks were frozen.
public enum Consistency {
    /// As after a power failure: every file system and database recovers from it.
    CRASH,
    /// File systems and applications had been told to come to rest.
    QUIESCED,
    /// Commands of the user had run before and after.
    SCRIPTED
}
