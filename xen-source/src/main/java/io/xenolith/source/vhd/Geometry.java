package io.xenolith.source.vhd;

/// Cylinders, heads and sectors per track, as the VHD specification computes them from a disk's size. Their product
/// never exceeds the size and is mostly smaller, so that only very old readers take the size from it.
record Geometry(int cylinders, int heads, int sectorsPerTrack) {

    private static final long MAX_SECTORS = 65_535L * 16 * 255;

    /// The geometry of a disk of `size` bytes.
    static Geometry of(long size) {
        long sectors = Math.min(size / VhdFooter.SECTOR_BYTES, MAX_SECTORS);
        if (sectors >= 65_535L * 16 * 63) {
            return with(sectors, 16, 255);
        }
        long tracks = sectors / 17;
        int heads = (int) Math.max((tracks + 1023) / 1024, 4);
        if (tracks < heads * 1024L && heads <= 16) {
            return with(sectors, heads, 17);
        }
        return sectors / 31 < 16 * 1024 ? with(sectors, 16, 31) : with(sectors, 16, 63);
    }

    private static Geometry with(long sectors, int heads, int sectorsPerTrack) {
        return new Geometry((int) (sectors / sectorsPerTrack / heads), heads, sectorsPerTrack);
    }

    /// As it stands in a footer: 16 bits of cylinders, 8 of heads, 8 of sectors.
    int encode() {
        return cylinders << 16 | heads << 8 | sectorsPerTrack;
    }
}
