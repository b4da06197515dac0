package io.xenolith.source.vhd;

import java.util.BitSet;

/// Which sectors of a block are in the image: bit `7 - n % 8` of byte `n / 8` stands for sector `n`. A sector that is
/// not is zero in a dynamic disk, whatever stands in its place, and the parent's in a differencing one.
final class SectorBitmap {

    private SectorBitmap() {
    }

    /// The sectors whose bits are set.
    static BitSet decode(byte[] bitmap) {
        var reversed = new byte[bitmap.length]; // BitSet counts from the lowest bit
        for (int i = 0; i < bitmap.length; i++) {
            reversed[i] = (byte) (Integer.reverse(bitmap[i]) >>> Integer.SIZE - Byte.SIZE);
        }
        return BitSet.valueOf(reversed);
    }

    /// All of `sectors` set.
    static BitSet full(int sectors) {
        var full = new BitSet(sectors);
        full.set(0, sectors);
        return full;
    }
}
