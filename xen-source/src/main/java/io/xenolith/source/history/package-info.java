/// What other programs left on a backup share, in the order of its dates. Nothing here changes the share.
///
/// ```text
///   <vm>/backup-2026-01-31-(02-00-00)/<vm>.xva       NAUbackup; .xva.gz as well, and .vhd if it exports single disks
///   anything.xva, .xva.gz, .xva.zst                  xe vm-export
///   xo-vm-backups/<vm uuid>/20260131T020000Z.json    Xen Orchestra: describes one backup, and names its files:
///     20260131T020000Z.xva                             "full"
///     vdis/<job>/<vdi uuid>/20260131T020000Z.vhd       "delta": each laid over one in the same folder, or over none
///   anything.vhd                                     chains of VHDs that nothing describes
/// ```
/// - **What is found.** [io.xenolith.source.history.History#scan] reads the headers of archives and images and the whole of
///   descriptions, no disks. So what is damaged further inside shows only when it is read.
/// - **What is believed.** A description names files of its own tree only: those that the walk has met, which follows no
///   symbolic link. Descriptions have at most 16 MiB.
/// - **What links images.** The id of the parent's footer, then its name; always a file in the same folder. A host gives
///   every export a random id and names a parent that nobody has, so a chain of plain exports is refused here rather than
///   guessed. Xen Orchestra writes the ids of its own files, which hold.
/// - **What an image changes.** The sectors of its bitmaps. Xen Orchestra takes whole blocks instead, which is the same for
///   all that it writes: hosts send and it stores every bit set.
/// - **What is told.** Everything that looks like a backup is either one of the backups or among what is left out, with the
///   reason: only then may somebody delete the share.
package io.xenolith.source.history;
