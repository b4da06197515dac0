/// qcow2: disk images that hold only the clusters in use, as qemu, XCP-ng and XenServer write and read them. The layout
/// of the files is that of "The qcow2 image format", which comes with qemu; all integers in them are big-endian.
///
/// | a disk                               | comes from                            | goes to                                          |
/// |--------------------------------------|---------------------------------------|--------------------------------------------------|
/// | in a file                            | [io.xenolith.source.qcow2.Qcow2Image] | [io.xenolith.source.qcow2.Qcow2Target]           |
/// | in a file, compressed                | [io.xenolith.source.qcow2.Qcow2Image] | [io.xenolith.source.qcow2.CompressedQcow2Target] |
/// | passing through a pipe or connection | [io.xenolith.source.qcow2.Qcow2Stream] | [io.xenolith.source.qcow2.Qcow2Target]          |
///
/// ```text
///   header --> L1 table --> L2 table --> data cluster     one L1 entry for each L2 table, one L2 entry for each
///     |                                                   cluster of the disk; a cluster is 512 bytes to 2 MiB
///     +------> refcount table --> refcount block          how often each cluster of the file is used
/// ```
///
/// - **Two kinds of nothing.** An L2 entry of 0 is a hole: zeros, or what the backing file holds. A *zero cluster* reads
///   as zeros whatever the backing file holds. Hosts take both for holes when they import an image, so a delta made
///   here holds zeros as data.
/// - **Deltas without a name.** A delta exported by a host does not name the image that it is laid over; nothing in it
///   says that it is a delta. Whoever opens it decides, by asking for the whole disk or for the changes.
/// - **What readers check.** Every entry before it is followed: reserved bits, alignment, and that it leads into the
///   file and not into the header or a table. qcow2 has no checksums: wrong content goes unnoticed.
package io.xenolith.source.qcow2;
