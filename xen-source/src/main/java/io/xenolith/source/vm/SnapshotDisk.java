package io.xenolith.source.vm;

import io.xenolith.source.xapi.records.Vdi;
import java.util.List;
import java.util.Optional;

/// A disk of the machine, frozen, and the ways to read it, the best first.
///
/// @param disk     of the machine
/// @param snapshot of the disk
/// @param tracked  whether changed blocks are tracked from the snapshot on
/// @param ways     at least one
/// @param reason   why all of it is to be read although only changes were asked for
record SnapshotDisk(VmDisk disk, Vdi snapshot, boolean tracked, List<Way> ways, Optional<String> reason) {
}
