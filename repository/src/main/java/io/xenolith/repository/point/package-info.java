/// The catalog: which restore points there are, and which of them are pinned.
///
/// ```text
///   points/<vm key>/<yyyyMMdd'T'HHmmss'Z'>-<id>   a restore point, see RestorePointFormat
///   pins/<id>                                     keeps retention from removing the point: {"version": 1, "id": "<id>"}
/// ```
/// - **The vm key** is the first 16 bytes, in hexadecimal, of the chunk identity's digest of `vm`, a zero byte and the
///   machine's name in UTF-8. In an encrypted repository that digest is keyed, so an outsider learns how many machines
///   there are and when they were backed up, but not what they are called.
/// - **Why time and id are in the name.** A point is found by either from a listing alone; only the one wanted is read.
/// - **What a crash leaves.** A whole point or none, since an object appears as a whole or not at all; at most a pin whose
///   point is gone, which pins nothing.
/// - **What damage does.** A damaged point is told by name and hides no other. It may still be of use after a repair, so
///   whoever deletes data has to stop while there is one. A damaged pin still pins: only its name counts.
package io.xenolith.repository.point;
