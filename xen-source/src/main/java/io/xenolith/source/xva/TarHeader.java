package io.xenolith.source.xva;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;

/// The block before each entry of a tar archive, in the V7 format that hosts write. Numbers are octal text.
///
/// | offset | bytes | field    | read                                          | written                   |
/// |-------:|------:|----------|-----------------------------------------------|---------------------------|
/// |      0 |   100 | name     | printable ASCII up to a NUL                   | padded with NUL           |
/// |    100 |     8 | mode     | ignored                                       | `0000400` NUL             |
/// |    108 |    16 | uid, gid | ignored                                       | `0000000` NUL, twice      |
/// |    124 |    12 | size     | octal, NULs or spaces around it               | 11 digits, NUL            |
/// |    136 |    12 | mtime    | ignored                                       | 11 zeros, NUL             |
/// |    148 |     8 | checksum | the sum of all bytes, these being spaces      | 7 digits, NUL             |
/// |    156 |     1 | type     | NUL or `0`: a file                            | NUL                       |
/// |    157 |   355 | rest     | a prefix is refused, the rest ignored         | NUL                       |
///
/// @param name of the entry
/// @param size of its body in bytes; zeros fill the last block of 512
record TarHeader(String name, long size) {
    static final int BYTES = 512;

    private static final int SIZE_AT = 124;
    private static final int CHECKSUM_AT = 148;
    private static final int CHECKSUM_END = 156;
    private static final int TYPE_AT = 156;
    private static final int MAGIC_AT = 257;
    private static final int PREFIX_AT = 345;
    private static final byte[] ZEROS = new byte[BYTES];
    private static final byte[] MAGIC = "ustar".getBytes(StandardCharsets.US_ASCII);
    private static final Pattern OCTAL = Pattern.compile("[0-7]{1,12}");
    private static final Pattern PRINTABLE = Pattern.compile("[!-~]+");

    /// A block that is no header of a file.
    static final class RefusedException extends Exception {
        RefusedException(String finding) {
            super(finding);
        }
    }

    /// Whether a block is one of the two that end an archive.
    static boolean isEnd(byte[] block) {
        return Arrays.equals(block, ZEROS);
    }

    /// How many bytes a body takes with the zeros that fill its last block.
    static long padded(long size) {
        return (size + BYTES - 1) / BYTES * BYTES;
    }

    static TarHeader decode(byte[] block) throws RefusedException {
        if (octal(block, CHECKSUM_AT, CHECKSUM_END - CHECKSUM_AT, "checksum") != sum(block)) {
            throw new RefusedException("the header's checksum does not fit its bytes");
        }
        var name = text(block, 0, 100);
        if (!PRINTABLE.matcher(name).matches()) {
            throw new RefusedException("the name in the header is not printable ASCII");
        }
        if (block[TYPE_AT] != 0 && block[TYPE_AT] != '0') {
            throw new RefusedException("'%s' is no file but of type %d, which an XVA does not hold"
                    .formatted(name, block[TYPE_AT]));
        }
        boolean ustar = Arrays.equals(block, MAGIC_AT, MAGIC_AT + MAGIC.length, MAGIC, 0, MAGIC.length);
        if (ustar && block[PREFIX_AT] != 0) {
            throw new RefusedException("'%s' has a name longer than those of an XVA".formatted(name));
        }
        return new TarHeader(name, octal(block, SIZE_AT, 12, "size"));
    }

    private static long octal(byte[] block, int offset, int length, String field) throws RefusedException {
        var digits = new String(block, offset, length, StandardCharsets.ISO_8859_1).replace('\0', ' ').strip();
        if (!OCTAL.matcher(digits).matches()) {
            throw new RefusedException("the %s in the header is not an octal number".formatted(field));
        }
        return Long.parseLong(digits, 8);
    }

    private static String text(byte[] block, int offset, int length) {
        int end = offset;
        while (end < offset + length && block[end] != 0) {
            end++;
        }
        return new String(block, offset, end - offset, StandardCharsets.ISO_8859_1);
    }

    private static int sum(byte[] block) {
        int sum = 0;
        for (int i = 0; i < BYTES; i++) {
            sum += i >= CHECKSUM_AT && i < CHECKSUM_END ? ' ' : Byte.toUnsignedInt(block[i]);
        }
        return sum;
    }

    /// Writes the header to `target[offset, offset + 512)`.
    void encode(byte[] target, int offset) {
        var block = new byte[BYTES];
        put(block, 0, name);
        put(block, 100, "0000400");
        put(block, 108, "0000000");
        put(block, 116, "0000000");
        put(block, SIZE_AT, "%011o".formatted(size));
        put(block, 136, "00000000000");
        put(block, CHECKSUM_AT, "%07o".formatted(sum(block)));
        System.arraycopy(block, 0, target, offset, BYTES);
    }

    private static void put(byte[] block, int offset, String text) {
        var bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, block, offset, bytes.length);
    }
}
