/// Restore points served as network block devices: to be mounted, compared, copied or booted without being restored first.
///
/// ```text
///   NbdServer ── PointExports: name ──▶ ServedDisk
///                     │
///                     ├─ DiskExport      one connection, read-only ─┐
///                     │     └─ ReadAhead, ChangedSince             OpenDisks ── MappedDisk ── the repository's frame cache
///                     └─ OverlayExport   one connection, writable ──┘
///                           └─ OverlayDisk, one for each disk ── scratch file
/// ```
/// What may be opened by how many at once is bounded everywhere: connections and their requests by the server, decoding
/// by a semaphore, disks and what changed between them by caches.
package io.xenolith.cli.serve;
