package io.xenolith.source.xva;

/// A machine as `ova.xml` describes it.
///
/// @param ref         what the objects of the archive call it, like `Ref:10`
/// @param uuid        as the host that exported it knows it
/// @param template    whether it is a template; snapshots are templates as well
/// @param snapshot    whether it is a snapshot, which only archives of metadata say
/// @param powerState  `Halted`, `Suspended`, `Running` or `Paused`
/// @param memoryBytes the most memory it may have
/// @param vcpus       the most virtual processors it may have
/// @param firmware    `bios` or `uefi`; empty for machines without either
public record OvaMachine(String ref, String uuid, String name, String description, boolean template, boolean snapshot,
        String powerState, long memoryBytes, long vcpus, String firmware) {
}
