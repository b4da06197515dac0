/// Raw disks: the bytes of a disk one after the other, in a file, on a block device, or passing through a pipe.
///
/// | a disk in        | comes from                         | goes to                                   |
/// |------------------|------------------------------------|-------------------------------------------|
/// | a new file       | -                                  | [io.xenolith.source.raw.SparseFileTarget] |
/// | an existing file | [io.xenolith.source.raw.RawFile]   | [io.xenolith.source.raw.ExistingTarget]   |
/// | a block device   | [io.xenolith.source.raw.RawFile]   | [io.xenolith.source.raw.ExistingTarget]   |
/// | a pipe           | [io.xenolith.source.raw.RawStream] | [io.xenolith.source.raw.StreamTarget]     |
///
/// [io.xenolith.source.raw.RawImage] opens a path as whichever source it is.
///
/// - **Holes.** The file system says where a sparse file holds data (`SEEK_DATA`, `SEEK_HOLE`). Where it does not, on
///   block devices, and whenever there is any doubt, all of the disk counts as data: slower, never wrong.
/// - **What a failed restore leaves.** A new file has its final name only once it is whole and durable. A target that
///   is updated in place holds a mixture of old and new until its commit, and must be restored again.
/// - **Interrupts.** An interrupt closes the `FileChannel` it hits, so an interrupted source or target is of no more
///   use to any thread.
package io.xenolith.source.raw;
