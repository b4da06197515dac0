package io.xenolith.source.vm.restore;

import io.xenolith.engine.disk.DiskBlocks;

/// A snapshot in the pool that holds an older or newer state of a disk. The restored disk is a clone of it with what
/// differs laid over.
///
/// @param vdiUuid of the snapshot, of which the data are still there
/// @param differs blocks in which the restore point's disk may differ from it, of any length
public record Base(String vdiUuid, DiskBlocks differs) {
}
