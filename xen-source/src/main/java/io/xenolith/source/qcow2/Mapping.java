package io.xenolith.source.qcow2;

/// Where a cluster of the disk is: what an entry of an L2 table says.
///
/// | bits       | plain cluster                                  | compressed cluster; `x` is 70 - cluster bits        |
/// |------------|------------------------------------------------|-----------------------------------------------------|
/// | 63         | nothing else leads to that cluster of the file | 0                                                   |
/// | 62         | 0                                              | 1                                                   |
/// | `x` to 61  | see below                                      | 512-byte sectors beyond the one in which it begins  |
/// | 0 to `x-1` | see below                                      | offset in the file                                  |
/// | 56 to 61   | 0                                              |                                                     |
/// | 9 to 55    | offset in the file, 0 for none                 |                                                     |
/// | 1 to 8     | 0                                              |                                                     |
/// | 0          | reads as zeros, from version 3 on              |                                                     |
sealed interface Mapping {

    /// Not in the image: zeros, or what the backing file holds.
    record Hole() implements Mapping {}

    /// Zeros, whatever the backing file holds.
    record Zeros() implements Mapping {}

    /// @param offset in the file
    record Plain(long offset) implements Mapping {}

    /// @param offset in the file
    /// @param end    where the last sector ends that the compressed bytes may lie in
    record Packed(long offset, long end) implements Mapping {}

    Mapping HOLE = new Hole();
    Mapping ZEROS = new Zeros();

    /// The bits of an L1 or L2 entry that are the offset of a cluster.
    long OFFSET_BITS = (1L << 56) - 1 & -512;

    /// Decodes an entry that [FileBounds] found to be right.
    static Mapping of(long entry, int clusterBits) {
        if ((entry & Qcow2Header.COMPRESSED) != 0) {
            long offset = entry & (1L << packedOffsetBits(clusterBits)) - 1;
            long more = (entry & Qcow2Header.COMPRESSED - 1) >>> packedOffsetBits(clusterBits);
            return new Packed(offset, (offset / Qcow2Layout.SECTOR_BYTES + more + 1) * Qcow2Layout.SECTOR_BYTES);
        }
        if ((entry & 1) != 0) {
            return ZEROS;
        }
        long offset = entry & OFFSET_BITS;
        return offset == 0 ? HOLE : new Plain(offset);
    }

    /// The entry of a cluster whose compressed bytes are `length` ones at `offset` of the file.
    static long packedEntry(long offset, int length, int clusterBits) {
        long more = (offset + length - 1) / Qcow2Layout.SECTOR_BYTES - offset / Qcow2Layout.SECTOR_BYTES;
        return Qcow2Header.COMPRESSED | more << packedOffsetBits(clusterBits) | offset;
    }

    private static int packedOffsetBits(int clusterBits) {
        return 70 - clusterBits;
    }
}
