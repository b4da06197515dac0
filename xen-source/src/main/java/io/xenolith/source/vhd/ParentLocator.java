package io.xenolith.source.vhd;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// One of the eight places of a [VhdHeader] that say where the parent's name stands, in 24 bytes. Integers are
/// big-endian.
///
/// | offset | bytes | field       | meaning                                                                      |
/// |-------:|------:|-------------|------------------------------------------------------------------------------|
/// |      0 |     4 | platform    | `W2ru` and `W2ku`: UTF-16LE, relative and absolute; `MacX`: a URL in UTF-8   |
/// |      4 |     4 | data space  | room for the name, in sectors or in bytes; ignored on reading                |
/// |      8 |     4 | data length | bytes of the name                                                            |
/// |     12 |     4 | reserved    | 0                                                                            |
/// |     16 |     8 | data offset | where the name stands in the image                                           |
///
/// A locator is a hint: what makes no sense is passed over.
record ParentLocator(int platform, int dataLength, long dataOffset) {

    static final int BYTES = 24;
    static final int MAX_DATA_BYTES = 1 << 13; // a path of 4096 bytes is the longest that a host knows
    static final int W2RU = 0x5732_7275;
    static final int MACX = 0x4D61_6358;

    private static final int W2KU = 0x5732_6B75;

    static ParentLocator decode(ByteBuffer in) {
        int platform = in.getInt();
        in.getInt();
        int length = in.getInt();
        in.getInt();
        return new ParentLocator(platform, length, in.getLong());
    }

    /// Appends the locator; its data has a sector of its own.
    void encode(ByteBuffer out) {
        out.putInt(platform).putInt(1).putInt(dataLength).putInt(0).putLong(dataOffset);
    }

    /// Whether it leads to a name of a known kind inside an image of `imageBytes`.
    boolean leadsInto(long imageBytes) {
        return charset().isPresent() && dataLength > 0 && dataLength <= MAX_DATA_BYTES
                && dataOffset >= 0 && dataOffset <= imageBytes - dataLength;
    }

    /// The name that the bytes at the data offset are; empty if they are none.
    String name(byte[] data) {
        var name = new String(data, charset().orElseThrow());
        int end = name.indexOf('\0');
        return end < 0 ? name : name.substring(0, end);
    }

    private Optional<Charset> charset() {
        return Optional.ofNullable(switch (platform) {
            case W2RU, W2KU -> StandardCharsets.UTF_16LE;
            case MACX -> StandardCharsets.UTF_8;
            default -> null;
        });
    }
}
