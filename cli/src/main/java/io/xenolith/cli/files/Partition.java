package io.xenolith.cli.files;

import io.xenolith.engine.disk.DiskSource;

/// A partition of a disk.
///
/// @param number as Linux counts: from 1, logical ones of an MBR from 5; 0 for a disk without a table, which is all of it
record Partition(int number, DiskSource content, FileSystem fileSystem) {

    /// Such as `partition 2 (ext2/3/4)`.
    String words() {
        return (number == 0 ? "the disk (%s)" : "partition " + number + " (%s)").formatted(fileSystem.words());
    }
}
