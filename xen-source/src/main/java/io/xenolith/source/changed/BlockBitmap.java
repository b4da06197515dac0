package io.xenolith.source.changed;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Base64;

/// Base64 of a bitmap of changed 64 KiB blocks, as XAPI's `VDI.list_changed_blocks` returns it. The alphabet is the
/// standard one, padded; white space may stand anywhere.
///
/// | bit                                      | says                                                            |
/// |------------------------------------------|-----------------------------------------------------------------|
/// | bit `7 - n % 8` of byte `n / 8`          | whether block `n` changed: bytes `n * 65536` to the next block's |
/// | the last block's                         | the same, up to the disk's end                                  |
/// | those behind it that fill the last byte  | nothing, they are 0                                             |
final class BlockBitmap {
    static final int BLOCK_BYTES = 1 << 16;
    private static final int QUANTUM = 4; // characters that make up 3 bytes

    private final long diskSize;
    private final long blocks;
    private final long expectedBytes;
    private final ExtentCollector changed;
    private final byte[] characters = new byte[QUANTUM << 12];
    private long bytes;
    private boolean padded;

    BlockBitmap(long diskSize, ExtentCollector changed) {
        this.diskSize = diskSize;
        this.blocks = Math.ceilDiv(diskSize, (long) BLOCK_BYTES);
        this.expectedBytes = Math.ceilDiv(blocks, 8L);
        this.changed = changed;
    }

    /// Reads to the end.
    void read(InputStream in) throws IOException {
        int count = 0;
        for (int next = in.read(); next >= 0; next = in.read()) {
            if (!ChangedBlocks.isBlank(next)) {
                characters[count++] = (byte) next;
            }
            if (count == characters.length) {
                take(count);
                count = 0;
            }
        }
        take(count);
        if (bytes != expectedBytes) {
            throw wrongLength();
        }
    }

    private void take(int count) throws ChangedBlocksException {
        if (count == 0) {
            return;
        }
        var decoded = decode(Arrays.copyOf(characters, count));
        if (padded) {
            throw notBase64("it goes on behind its padding", null);
        }
        padded = decoded.length < count / QUANTUM * 3;
        for (byte eight : decoded) {
            takeByte(Byte.toUnsignedInt(eight));
        }
    }

    private byte[] decode(byte[] text) throws ChangedBlocksException {
        if (text.length % QUANTUM != 0) {
            throw notBase64("it ends in the middle of four characters", null);
        }
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw notBase64(e.getMessage(), e);
        }
    }

    private void takeByte(int eight) throws ChangedBlocksException {
        long first = bytes * 8;
        bytes++;
        if (eight == 0 || bytes > expectedBytes) {
            return; // too many bytes are told of at the end, with their number
        }
        for (int i = 0; i < 8; i++) {
            if ((eight & 0x80 >> i) != 0) {
                takeBlock(first + i);
            }
        }
    }

    private void takeBlock(long block) throws ChangedBlocksException {
        if (block >= blocks) {
            throw new ChangedBlocksException(
                    "the bitmap of changed blocks has block %d set, but a disk of %d bytes has only %d blocks of 64 KiB"
                            .formatted(block, diskSize, blocks));
        }
        long from = block * BLOCK_BYTES;
        changed.add(from, from + Math.min(BLOCK_BYTES, diskSize - from));
    }

    private ChangedBlocksException wrongLength() {
        return new ChangedBlocksException(("expected a bitmap of changed blocks of %d bytes for a disk of %d bytes,"
                + " found %d bytes; it belongs to another disk, or the disk was resized")
                .formatted(expectedBytes, diskSize, bytes));
    }

    private static ChangedBlocksException notBase64(String finding, Throwable cause) {
        return new ChangedBlocksException(
                "the changed blocks are neither lines 'offset length' nor a bitmap in base64: " + finding, cause);
    }
}
