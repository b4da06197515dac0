/// XVA: the archive in which XenServer and XCP-ng export a machine, read and written as a stream.
///
/// ```text
///   ova.xml            the records of the machine, its drives and its disks: one XML-RPC value
///   Ref:17/00000000    the first MiB of the first disk, in the order of the references as text
///   Ref:17/00000000.xxhash
///   Ref:17/00000005    MiB 5; those between are left out, for they are zeros
///   Ref:17/00000005.xxhash
///   …                  the last MiB is always there, then the next disk follows
///   1024 zero bytes
/// ```
/// It is a tar archive, as a whole compressed by gzip or zstd, or not at all.
///
/// - **A chunk's number is no offset.** It counts chunks, and each number that is left out stands for as many bytes as
///   the archive's first chunk had. A chunk without bytes, which hosts send to keep a connection alive, takes up a
///   number and no room on the disk.
/// - **What is believed.** Nothing: each chunk is checked against its checksum before anybody gets its bytes, and a disk
///   must end where `ova.xml` says it does. No checksum covers `ova.xml` itself.
/// - **What a cut archive looks like.** Its end is missing: an archive is whole once the reader's last
///   [io.xenolith.source.xva.XvaReader#next()] has returned.
/// - **Memory.** `ova.xml`, one chunk and a few headers; nothing grows with the disks, but for archives of 2007 and
///   before, whose checksums come at the end and are kept until then.
package io.xenolith.source.xva;
