package io.xenolith.source.vhd;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The name of the file that a differencing disk is laid over, in the same directory, as it goes into the image: plain
/// in the [VhdHeader], and in the two forms that other readers look for, in a sector each.
///
/// | sector | locator | bytes                             |
/// |-------:|---------|-----------------------------------|
/// |      0 | `W2ru`  | `.\` and the name, in UTF-16LE    |
/// |      1 | `MacX`  | `file://./` and the name, in UTF-8|
///
/// @param name empty for a disk that is laid over none
record ParentFile(String name) {

    static final ParentFile NONE = new ParentFile("");

    private static final int SECTOR_BYTES = VhdFooter.SECTOR_BYTES;

    ParentFile {
        if (name.indexOf('/') >= 0 || name.indexOf('\\') >= 0 || name.indexOf('\0') >= 0
                || relativePath(name).length > SECTOR_BYTES || url(name).length > SECTOR_BYTES) {
            throw new IllegalArgumentException("'%s' is no file's name of at most 254 characters".formatted(name));
        }
    }

    private static byte[] relativePath(String name) {
        return (".\\" + name).getBytes(StandardCharsets.UTF_16LE);
    }

    private static byte[] url(String name) {
        return ("file://./" + name).getBytes(StandardCharsets.UTF_8);
    }

    /// How many bytes of the image [#encode(ByteBuffer)] takes.
    int bytes() {
        return name.isEmpty() ? 0 : 2 * SECTOR_BYTES;
    }

    /// What leads to the names if they stand at byte `offset` of the image.
    List<ParentLocator> locators(int offset) {
        return name.isEmpty() ? List.of() : List.of(
                new ParentLocator(ParentLocator.W2RU, relativePath(name).length, offset),
                new ParentLocator(ParentLocator.MACX, url(name).length, offset + SECTOR_BYTES));
    }

    void encode(ByteBuffer out) {
        if (!name.isEmpty()) {
            int start = out.position();
            out.put(relativePath(name));
            out.position(start + SECTOR_BYTES).put(url(name));
            out.position(start + bytes());
        }
    }
}
