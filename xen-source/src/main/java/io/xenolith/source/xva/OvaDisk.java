package io.xenolith.source.xva;

import java.util.Optional;

/// A disk whose data the archive carries.
///
/// @param ref        what its entries are named after, like `Ref:13`
/// @param uuid       of the virtual disk on the host that exported it
/// @param name       what users call it: `xvda` and so on, `suspend` for a memory image; unique within its machine
/// @param label      the name that somebody gave the virtual disk, or empty
/// @param size       in bytes
/// @param device     what the guest calls it, or empty
/// @param userdevice its position among the machine's drives, `0` being the first, or empty
/// @param bootable   whether the machine may boot from it
/// @param machine    the ref of the machine that it belongs to, if one does
public record OvaDisk(String ref, String uuid, String name, String label, long size, Kind kind, String device,
        String userdevice, boolean bootable, Optional<String> machine) {

    /// What a disk holds.
    public enum Kind {
        /// A disk of the guest.
        DISK,
        /// The memory of a suspended machine.
        SUSPEND
    }
}
