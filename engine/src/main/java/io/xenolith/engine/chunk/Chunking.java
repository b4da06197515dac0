package io.xenolith.engine.chunk;

import java.util.Arrays;
import java.util.zip.CRC32C;

/// Where chunks end. The rule is part of a repository's format: the same bytes must be cut the same way for ever.
///
/// 1. Nothing reaches over the end of a region, an aligned stretch of [#REGION_BYTES].
/// 2. An aligned block of [#BLOCK_BYTES] that is all zeros is a hole: it ends the chunk before it and belongs to none.
///    (The disk's last block may be shorter.)
/// 3. A page of [#PAGE_BYTES] ends its chunk when the low bits of its CRC-32C, `log2(mean / page)` of them, are zero.
///    (The disk's last page may be shorter.)
/// 4. A chunk ends when it has reached [#maxBytes()], four times the mean.
///
/// A chunk ends with the disk, too. No rule looks further back than to the start of the chunk, and none looks ahead but
/// for the next block being a hole; an increment relies on that.
///
/// @param meanBytes the mean length that rule 3 aims at: a power of two from 16 KiB to 1 MiB
public record Chunking(int meanBytes) {

    public static final int PAGE_BYTES = 4 << 10;
    public static final int BLOCK_BYTES = 64 << 10;
    public static final int REGION_BYTES = 32 << 20;
    public static final int MIN_MEAN_BYTES = 16 << 10;
    public static final int MAX_MEAN_BYTES = 1 << 20;

    /// No chunk of any repository is longer than this.
    public static final int MAX_CHUNK_BYTES = 4 * MAX_MEAN_BYTES;

    /// The mean that measurements on server disks favour: 64 KiB.
    public static final Chunking DEFAULT = new Chunking(64 << 10);

    private static final byte[] ZEROS = new byte[BLOCK_BYTES];

    public Chunking {
        if (meanBytes < MIN_MEAN_BYTES || meanBytes > MAX_MEAN_BYTES || Integer.bitCount(meanBytes) != 1) {
            throw new IllegalArgumentException(
                    "a mean chunk size of %d bytes; it must be a power of two from 16 KiB to 1 MiB".formatted(meanBytes));
        }
    }

    /// The length at which a chunk ends in any case.
    public int maxBytes() {
        return 4 * meanBytes;
    }

    /// Whether the page `bytes[offset, offset + length)` ends its chunk by rule 3. `crc` is the caller's, to be reused.
    boolean endsChunk(CRC32C crc, byte[] bytes, int offset, int length) {
        crc.reset();
        crc.update(bytes, offset, length);
        return ((int) crc.getValue() & (meanBytes / PAGE_BYTES - 1)) == 0;
    }

    /// Whether `bytes[offset, offset + length)` are all zeros. `length` is at most [#BLOCK_BYTES].
    public static boolean isZero(byte[] bytes, int offset, int length) {
        return Arrays.equals(bytes, offset, offset + length, ZEROS, 0, length);
    }
}
