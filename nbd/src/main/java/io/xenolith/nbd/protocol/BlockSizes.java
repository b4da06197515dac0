package io.xenolith.nbd.protocol;

/// An export's constraints on requests, in bytes.
///
/// @param minimum   power of two from 1 to [Limits#MINIMUM_BLOCK]; offsets and lengths are multiples of it
/// @param preferred power of two, at least 512 and `minimum`; reading less costs the server as much
/// @param maximum   largest payload of one request, at least `preferred`; 0xffffffff for no fixed limit
public record BlockSizes(long minimum, long preferred, long maximum) {
    public static final long UNLIMITED = 0xffffffffL;
    /// What a portable client assumes of a server that says nothing.
    public static final BlockSizes UNSAID = new BlockSizes(512, 4096, Limits.PAYLOAD);

    public BlockSizes {
        if (!isPowerOfTwo(minimum) || minimum > Limits.MINIMUM_BLOCK || !isPowerOfTwo(preferred)
                || preferred < Math.max(minimum, 512) || maximum < preferred || maximum > UNLIMITED) {
            throw new IllegalArgumentException("not block sizes: minimum %d, preferred %d, maximum %d"
                    .formatted(minimum, preferred, maximum));
        }
    }

    private static boolean isPowerOfTwo(long value) {
        return Long.bitCount(value) == 1 && value > 0;
    }
}
