/// Backup: from disks to restore points.
///
/// [io.xenolith.engine.backup.DiskIngest] turns one disk into chunks and a block map: all of it, or what changed since a
/// base. Either way the root id is the same for the same bytes.
package io.xenolith.engine.backup;
