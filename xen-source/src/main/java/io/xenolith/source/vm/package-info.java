/// Backups of machines of a pool, from the checks before the snapshot to its removal.
///
/// A backup reads each disk of a snapshot by the best way that the pool offers, and goes on to the next one when that
/// fails: changed blocks over NBD, a differencing VHD, all over NBD, a VHD, a raw export. What it was, and why, is in the
/// restore point. What the next increment counts from stays in the pool, marked as ours; all else is removed, also after a
/// failure, and what a killed process left is removed by the next backup.
package io.xenolith.source.vm;
