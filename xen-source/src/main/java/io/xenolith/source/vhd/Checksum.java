package io.xenolith.source.vhd;

/// The checksum of a footer or header: the one's complement of the 32-bit sum of its bytes, the checksum's own four
/// taken as zero.
final class Checksum {

    private static final int BYTES = 4;

    private Checksum() {
    }

    /// @param bytes     the structure, whole
    /// @param fieldAt   where its checksum stands
    static int of(byte[] bytes, int fieldAt) {
        int sum = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (i < fieldAt || i >= fieldAt + BYTES) {
                sum += Byte.toUnsignedInt(bytes[i]);
            }
        }
        return ~sum;
    }
}
