package io.xenolith.source.xva;

import java.util.UUID;

/// A disk of a machine that is described anew.
///
/// @param uuid     which it keeps only if it is imported as a restore
/// @param label    the name of the virtual disk
/// @param size     in bytes, a multiple of 512, from 512 on
/// @param position among the machine's drives: 0 becomes `xvda`, 1 `xvdb`
/// @param bootable whether the machine may boot from it
public record NewDisk(UUID uuid, String label, long size, int position, boolean bootable) {
    private static final int SECTOR_BYTES = 512;
    private static final int MAX_POSITION = 254; // as many drives as a machine can have

    public NewDisk {
        if (size < SECTOR_BYTES || size % SECTOR_BYTES != 0 || size > ChunkName.MAX_DISK_BYTES) {
            throw new IllegalArgumentException("a disk of %d bytes; it must be a multiple of 512, from 512 to %d"
                    .formatted(size, ChunkName.MAX_DISK_BYTES));
        }
        if (position < 0 || position > MAX_POSITION) {
            throw new IllegalArgumentException("position %d; there are those from 0 to %d"
                    .formatted(position, MAX_POSITION));
        }
    }

    /// The size that a disk of `bytes` gets: disks of hosts are made of sectors.
    public static long sizeFor(long bytes) {
        return Math.max(SECTOR_BYTES, (bytes + SECTOR_BYTES - 1) / SECTOR_BYTES * SECTOR_BYTES);
    }
}
