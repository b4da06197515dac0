/// What changed on a disk since an earlier backup, as somebody else found out: the host's changed-block tracking, or
/// whoever wrote the list. [io.xenolith.source.changed.ChangedBlocks] reads both forms and tells them apart.
///
/// - **Bitmap.** Base64, as XAPI's `VDI.list_changed_blocks` returns it: one bit for each 64 KiB block, the most
///   significant bit of a byte first; set means changed.
/// - **List.** Lines `offset length`, decimal, in bytes.
///
/// A backup that trusts too little reads too much; one that trusts too much loses data. So nothing is repaired or
/// guessed: an input that does not fit the disk byte for byte is refused, and where memory asks for fewer extents,
/// the unchanged bytes between two of them count as changed.
package io.xenolith.source.changed;
