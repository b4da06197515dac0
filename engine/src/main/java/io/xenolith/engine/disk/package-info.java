/// Disks as the engine sees them: bytes at offsets, some of which may be holes.
///
/// The ports [io.xenolith.engine.disk.DiskSource], [io.xenolith.engine.disk.DiskStream] and
/// [io.xenolith.engine.disk.DiskTarget] are implemented by whoever knows files, devices, sockets or a hypervisor.
/// Offsets and lengths are in bytes everywhere; an extent is the half-open range `[offset, end)`.
package io.xenolith.engine.disk;
