package io.xenolith.source.vhd;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

/// The last 512 bytes of a VHD, repeated at the start of all but fixed disks. Integers are big-endian. After the VHD
/// specification 1.0 of October 2006.
///
/// | offset | bytes | field               | meaning                                                             |
/// |-------:|------:|---------------------|---------------------------------------------------------------------|
/// |      0 |     8 | cookie              | ASCII `conectix`; `v_poison` marks a file that a host disabled      |
/// |      8 |     4 | features            | bit 1 is always set; ignored on reading                             |
/// |     12 |     4 | version             | `0x00010000`                                                        |
/// |     16 |     8 | data offset         | where the [VhdHeader] is, at least 512; all ones for a fixed disk   |
/// |     24 |     4 | time stamp          | see [VhdTime]                                                       |
/// |     28 |     4 | creator             | written as `win `, which makes every reader go by the current size  |
/// |     32 |     4 | creator version     | written as `0x000A0000`                                             |
/// |     36 |     4 | creator host system | written as `Wi2k`                                                   |
/// |     40 |     8 | original size       | ignored on reading                                                  |
/// |     48 |     8 | current size        | of the disk, in bytes                                               |
/// |     56 |     4 | geometry            | see [Geometry]; ignored on reading                                  |
/// |     60 |     4 | disk type           | see [Type]                                                          |
/// |     64 |     4 | checksum            | see [Checksum]                                                      |
/// |     68 |    16 | unique id           | a UUID, its bytes in plain order                                    |
/// |     84 |     1 | saved state         | 0; ignored on reading                                               |
/// |     85 |     1 | hidden              | 1 for a file that only other disks are laid over; ignored on reading|
/// |     86 |   426 | reserved            | 0; ignored on reading                                               |
///
/// @param headerOffset of the [VhdHeader]; [#NO_HEADER] for a fixed disk
/// @param size         of the disk in bytes, from 0 on
record VhdFooter(Type type, VhdIdentity identity, long headerOffset, long size) {

    static final int SECTOR_BYTES = 512;
    static final int BYTES = 512;
    static final long NO_HEADER = -1;

    private static final int OLD_BYTES = 511; // of very old files, which lack the last byte, always 0
    private static final byte[] COOKIE = "conectix".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] POISON = "v_poison".getBytes(StandardCharsets.US_ASCII);
    private static final int FEATURES = 2;
    private static final int VERSION = 0x0001_0000;
    private static final int CREATOR = 0x7769_6E20;
    private static final int CREATOR_VERSION = 0x000A_0000;
    private static final int CREATOR_SYSTEM = 0x5769_326B;
    private static final int CHECKSUM_AT = 64;

    /// How the bytes of the disk are kept.
    enum Type {
        FIXED(2), DYNAMIC(3), DIFFERENCING(4);

        private final int code;

        Type(int code) {
            this.code = code;
        }
    }

    /// Whether `bytes` claim to be a footer, sound or not.
    static boolean isClaimedBy(byte[] bytes) {
        return startsWith(bytes, COOKIE) || startsWith(bytes, POISON);
    }

    static boolean startsWith(byte[] bytes, byte[] start) {
        return bytes.length >= start.length && Arrays.equals(bytes, 0, start.length, start, 0, start.length);
    }

    /// Where the footer begins that ends an image of `length` bytes; negative if there is no room for one.
    static long offsetAtEnd(long length) {
        return length - (length % SECTOR_BYTES == OLD_BYTES ? OLD_BYTES : BYTES);
    }

    /// The footer that the last bytes of an image are, from [#offsetAtEnd(long)] on.
    static byte[] completed(byte[] last) {
        return Arrays.copyOf(last, BYTES);
    }

    /// Decodes a footer and believes nothing it has not checked.
    ///
    /// @param bytes [#BYTES] of them, found at byte `at` of `image`
    /// @throws VhdException if they are no footer, or one that is not read here
    static VhdFooter decode(byte[] bytes, String image, long at) throws VhdException {
        if (startsWith(bytes, POISON)) {
            throw new UnsupportedVhdException(image, at, "the host has disabled this file",
                    "let the host repair its storage, or export the disk from it");
        }
        if (!startsWith(bytes, COOKIE)) {
            throw new DamagedVhdException(image, at, "no footer: it does not begin with 'conectix'");
        }
        var in = ByteBuffer.wrap(bytes);
        int checksum = Checksum.of(bytes, CHECKSUM_AT);
        if (in.getInt(CHECKSUM_AT) != checksum) {
            throw new DamagedVhdException(image, at, "the footer has the checksum %08x, but its bytes add up to %08x"
                    .formatted(in.getInt(CHECKSUM_AT), checksum));
        }
        if (in.getInt(12) != VERSION) {
            throw new UnsupportedVhdException(image, at, "the footer has the unknown version %08x"
                    .formatted(in.getInt(12)), "convert the image to version 00010000");
        }
        var identity = new VhdIdentity(new UUID(in.getLong(68), in.getLong(76)), VhdTime.decode(in.getInt(24)));
        var footer = new VhdFooter(type(in.getInt(60), image, at), identity, in.getLong(16), in.getLong(48));
        if (footer.size < 0) {
            throw new DamagedVhdException(image, at, "a disk of %s bytes is impossible"
                    .formatted(Long.toUnsignedString(footer.size)));
        }
        return footer;
    }

    private static Type type(int code, String image, long at) throws UnsupportedVhdException {
        for (var type : Type.values()) {
            if (type.code == code) {
                return type;
            }
        }
        throw new UnsupportedVhdException(image, at, "the disk type %d is unknown".formatted(code),
                "convert the image to a fixed or dynamic disk");
    }

    /// Checks that a fixed disk is as long as its footer says.
    ///
    /// @param dataBytes how many bytes of the image lie before the footer
    void requireFixedSize(long dataBytes, String image) throws VhdException {
        var finding = "the footer tells of a disk of %d bytes, but %d lie before it".formatted(size, dataBytes);
        if (size > dataBytes) {
            throw new TruncatedVhdException(image, dataBytes, finding);
        }
        if (size < dataBytes) {
            throw new DamagedVhdException(image, dataBytes, finding);
        }
    }

    /// Checks that bytes to be read or written are the disk's.
    ///
    /// @throws IllegalArgumentException if they are not
    void requireInside(long offset, int length) {
        if (offset < 0 || offset > size - length) {
            throw new IllegalArgumentException("%d bytes at offset %d are not inside a disk of %d bytes"
                    .formatted(length, offset, size));
        }
    }

    byte[] encode() {
        var out = ByteBuffer.allocate(BYTES);
        out.put(COOKIE).putInt(FEATURES).putInt(VERSION).putLong(headerOffset).putInt(VhdTime.encode(identity.time()));
        out.putInt(CREATOR).putInt(CREATOR_VERSION).putInt(CREATOR_SYSTEM);
        out.putLong(size).putLong(size).putInt(Geometry.of(size).encode()).putInt(type.code).putInt(0);
        out.putLong(identity.id().getMostSignificantBits()).putLong(identity.id().getLeastSignificantBits());
        return out.putInt(CHECKSUM_AT, Checksum.of(out.array(), CHECKSUM_AT)).array();
    }
}
