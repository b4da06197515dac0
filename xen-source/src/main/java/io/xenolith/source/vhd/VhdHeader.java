package io.xenolith.source.vhd;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// The header of a dynamic or differencing VHD. Integers are big-endian. After the VHD specification 1.0 of October
/// 2006.
///
/// | offset | bytes | field             | meaning                                                                |
/// |-------:|------:|-------------------|------------------------------------------------------------------------|
/// |      0 |     8 | cookie            | ASCII `cxsparse`                                                       |
/// |      8 |     8 | data offset       | all ones; ignored on reading                                           |
/// |     16 |     8 | table offset      | where the [BlockTable] begins                                          |
/// |     24 |     4 | version           | `0x00010000`                                                           |
/// |     28 |     4 | table entries     | at least as many as the disk has blocks, at most [#MAX_ENTRIES]        |
/// |     32 |     4 | block size        | bytes, a power of two from [#MIN_BLOCK_BYTES] to [#MAX_BLOCK_BYTES]    |
/// |     36 |     4 | checksum          | see [Checksum]                                                         |
/// |     40 |    16 | parent's id       | the unique id in its footer; zero in a dynamic disk                    |
/// |     56 |     4 | parent's time     | when the parent was last written, see [VhdTime]                        |
/// |     60 |     4 | reserved          | 0                                                                      |
/// |     64 |   512 | parent's name     | UTF-16BE, ends at its first NUL                                        |
/// |    576 |   192 | parent's locators | eight times [ParentLocator]                                            |
/// |    768 |   256 | reserved          | 0                                                                      |
///
/// @param parentName empty if there is none
record VhdHeader(long tableOffset, int tableEntries, int blockBytes, VhdIdentity parent, String parentName,
        List<ParentLocator> locators) {

    static final int BYTES = 1024;
    static final int MIN_BLOCK_BYTES = 512;
    static final int MAX_BLOCK_BYTES = 1 << 26;

    /// Bounds what a damaged count can make a reader allocate, to 16 MiB: a disk of 2040 GiB, the largest, with blocks
    /// of 512 KiB, the smallest in use, has 4177920 of them.
    static final int MAX_ENTRIES = 1 << 22;

    /// Characters of the parent's name at most, so that a NUL follows.
    static final int MAX_NAME = 255;

    private static final byte[] COOKIE = "cxsparse".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION = 0x0001_0000;
    private static final int CHECKSUM_AT = 36;
    private static final int NAME_AT = 64;
    private static final int NAME_BYTES = 512;
    private static final int LOCATORS_AT = 576;
    private static final int LOCATORS = 8;

    /// Decodes a header and believes nothing it has not checked.
    ///
    /// @param bytes [#BYTES] of them, found at byte `at` of `image`
    /// @throws VhdException if they are no header, or one that is not read here
    static VhdHeader decode(byte[] bytes, String image, long at) throws VhdException {
        if (!VhdFooter.startsWith(bytes, COOKIE)) {
            throw new DamagedVhdException(image, at, "no header: it does not begin with 'cxsparse'");
        }
        var in = ByteBuffer.wrap(bytes);
        int checksum = Checksum.of(bytes, CHECKSUM_AT);
        if (in.getInt(CHECKSUM_AT) != checksum) {
            throw new DamagedVhdException(image, at, "the header has the checksum %08x, but its bytes add up to %08x"
                    .formatted(in.getInt(CHECKSUM_AT), checksum));
        }
        if (in.getInt(24) != VERSION) {
            throw new UnsupportedVhdException(image, at, "the header has the unknown version %08x"
                    .formatted(in.getInt(24)), "convert the image to version 00010000");
        }
        var parent = new VhdIdentity(new UUID(in.getLong(40), in.getLong(48)), VhdTime.decode(in.getInt(56)));
        var header = new VhdHeader(in.getLong(16), in.getInt(28), in.getInt(32), parent, name(bytes), locators(in));
        header.requireBounds(image, at);
        return header;
    }

    private void requireBounds(String image, long at) throws DamagedVhdException, UnsupportedVhdException {
        if (Integer.bitCount(blockBytes) != 1 || blockBytes < 0) {
            throw new DamagedVhdException(image, at + 32, "the block size %s is not a power of two"
                    .formatted(Integer.toUnsignedString(blockBytes)));
        }
        if (blockBytes < MIN_BLOCK_BYTES || blockBytes > MAX_BLOCK_BYTES) {
            throw new UnsupportedVhdException(image, at + 32, "blocks of %d bytes are not read, only of %d to %d"
                    .formatted(blockBytes, MIN_BLOCK_BYTES, MAX_BLOCK_BYTES), "convert the image to blocks of 2 MiB");
        }
        if (tableEntries < 0 || tableEntries > MAX_ENTRIES) {
            throw new UnsupportedVhdException(image, at + 28, "%s table entries are not read, only up to %d"
                    .formatted(Integer.toUnsignedString(tableEntries), MAX_ENTRIES),
                    "convert the image to blocks of 2 MiB");
        }
        if (tableOffset < 0) {
            throw new DamagedVhdException(image, at + 16, "a table at byte %s is impossible"
                    .formatted(Long.toUnsignedString(tableOffset)));
        }
    }

    private static String name(byte[] bytes) {
        var name = new String(bytes, NAME_AT, NAME_BYTES, StandardCharsets.UTF_16BE);
        int end = name.indexOf('\0');
        return end < 0 ? name : name.substring(0, end);
    }

    private static List<ParentLocator> locators(ByteBuffer in) {
        var locators = new ArrayList<ParentLocator>(LOCATORS);
        in.position(LOCATORS_AT);
        for (int i = 0; i < LOCATORS; i++) {
            locators.add(ParentLocator.decode(in));
        }
        return locators;
    }

    byte[] encode() {
        var out = ByteBuffer.allocate(BYTES);
        out.put(COOKIE).putLong(VhdFooter.NO_HEADER).putLong(tableOffset).putInt(VERSION);
        out.putInt(tableEntries).putInt(blockBytes).putInt(0);
        out.putLong(parent.id().getMostSignificantBits()).putLong(parent.id().getLeastSignificantBits());
        out.putInt(VhdTime.encode(parent.time())).putInt(0);
        out.put(parentName.getBytes(StandardCharsets.UTF_16BE));
        out.position(LOCATORS_AT);
        locators.forEach(locator -> locator.encode(out));
        return out.putInt(CHECKSUM_AT, Checksum.of(out.array(), CHECKSUM_AT)).array();
    }
}
