package io.xenolith.source.xva;

import io.xenolith.engine.disk.DiskBlocks;

/// Which chunks of a disk an archive stores, and what they take there.
///
/// The first and the last one are always there, for readers look for them. If the archive's first chunk is shorter than a
/// MiB, importers take every number left out for as few bytes as that one has: then nothing may be left out at all.
final class StoredChunks {

    private StoredChunks() {
    }

    /// The chunks of a disk of `size` bytes, none of which is in the set yet.
    static DiskBlocks none(long size) {
        if (size < 0 || size > ChunkName.MAX_DISK_BYTES) {
            throw new IllegalArgumentException("a disk of %d bytes; an XVA takes 0 to %d"
                    .formatted(size, ChunkName.MAX_DISK_BYTES));
        }
        return new DiskBlocks(size, ChunkName.CHUNK_BYTES);
    }

    /// Whether chunks may be left out of an archive that begins with a disk of `firstSize` bytes, the first that is not
    /// empty.
    static boolean allowsGaps(long firstSize) {
        return firstSize >= ChunkName.CHUNK_BYTES;
    }

    /// Whether chunk `index` is stored even if it is all zeros.
    static boolean always(int index, DiskBlocks disk, boolean gapsAllowed) {
        return !gapsAllowed || index == 0 || index == disk.onDisk() - 1;
    }

    /// What the chunks of a disk take in an archive, headers and checksums included.
    ///
    /// @param wanted those stored at least; blocks of [ChunkName#CHUNK_BYTES]
    static long bytes(DiskBlocks wanted, boolean gapsAllowed) {
        int blocks = wanted.onDisk();
        if (blocks == 0) {
            return 0;
        }
        int last = blocks - 1;
        long stored = gapsAllowed ? wanted.count() : blocks;
        if (gapsAllowed) {
            stored += wanted.contains(0) ? 0 : 1;
            stored += last == 0 || wanted.contains(last) ? 0 : 1;
        }
        long shorter = ChunkName.CHUNK_BYTES - TarHeader.padded(wanted.extent(last).length());
        return stored * (ChunkName.CHUNK_BYTES + 3 * TarHeader.BYTES) - shorter;
    }
}
