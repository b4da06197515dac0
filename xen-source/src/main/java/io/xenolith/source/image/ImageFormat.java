package io.xenolith.source.image;

import io.xenolith.source.raw.RawFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// What an image or archive looks like. The first bytes tell, and of a file the last 512:
///
/// | bytes                                           | where               | format                                |
/// |-------------------------------------------------|---------------------|---------------------------------------|
/// | `conectix`, and at byte 60 of those the number 4 | the beginning       | [#VHD_DIFFERENCING]                   |
/// | `conectix`, and at byte 60 another number       | the beginning       | [#VHD_DYNAMIC]                        |
/// | `conectix`, and at byte 60 of those the number 2 | 512 before the end  | [#VHD_FIXED]                          |
/// | `QFI` 0xFB                                      | the beginning       | [#QCOW2]                              |
/// | `ova.xml` 0x00                                  | the beginning       | [#XVA]                                |
/// | `vdi/00000000`                                  | the beginning       | [#VDI_TAR]                            |
/// | 0x1F 0x8B                                       | the beginning       | [#GZIP]                               |
/// | 0x28 0xB5 0x2F 0xFD                             | the beginning       | [#ZSTD]                               |
/// | `HTTP/1.`                                       | the beginning       | [#HTTP_ANSWER]                        |
/// | anything else, or nothing                       |                     | [#RAW]                                |
public enum ImageFormat {
    RAW("a raw disk"),
    VHD_DYNAMIC("a dynamic VHD"),
    VHD_DIFFERENCING("a differencing VHD"),
    VHD_FIXED("a fixed VHD"),
    QCOW2("a qcow2 image"),
    /// A whole machine, not compressed.
    XVA("an XVA archive"),
    /// One disk as hosts send it with `format=tar`.
    VDI_TAR("a disk in a tar archive"),
    /// Compressed; what is inside, an XVA perhaps, shows once it is unpacked.
    GZIP("something compressed by gzip"),
    /// Compressed; what is inside, an XVA perhaps, shows once it is unpacked.
    ZSTD("something compressed by zstd"),
    /// No image: hosts answer 200, then open the disk, and on failure send a second answer in place of the image.
    HTTP_ANSWER("an answer of a web server, sent in place of an image");

    /// How much of the beginning is looked at; less will do if there is no more.
    public static final int HEAD_BYTES = 512;

    private static final int FOOTER_BYTES = 512;
    private static final int VHD_TYPE_OFFSET = 60;
    private static final int VHD_FIXED_TYPE = 2;
    private static final int VHD_DIFFERENCING_TYPE = 4;

    private final String words;

    ImageFormat(String words) {
        this.words = words;
    }

    /// What to call it in a message, with its article: "a dynamic VHD".
    public String words() {
        return words;
    }

    /// Looks at a regular file or block device.
    ///
    /// @throws IOException if it is something else, or cannot be read
    public static ImageFormat recognise(Path file) throws IOException {
        try (var source = RawFile.open(file)) {
            var head = bytes(source, 0, Math.min(HEAD_BYTES, source.size()));
            var tail = bytes(source, Math.max(0, source.size() - FOOTER_BYTES), Math.min(FOOTER_BYTES, source.size()));
            var format = recognise(head);
            return format == RAW && isFixedVhd(tail) ? VHD_FIXED : format;
        }
    }

    /// Looks at the beginning of a stream, where a fixed VHD cannot be told from a raw disk.
    ///
    /// @param head its first [#HEAD_BYTES], or all of it if it is shorter
    public static ImageFormat recognise(byte[] head) {
        if (begins(head, "conectix")) {
            return vhdType(head) == VHD_DIFFERENCING_TYPE ? VHD_DIFFERENCING : VHD_DYNAMIC;
        }
        if (begins(head, "QFI\u00fb")) {
            return QCOW2;
        }
        if (begins(head, "ova.xml\0")) {
            return XVA;
        }
        if (begins(head, "vdi/00000000")) {
            return VDI_TAR;
        }
        if (begins(head, "\u001f\u008b")) {
            return GZIP;
        }
        if (begins(head, "\u0028\u00b5\u002f\u00fd")) {
            return ZSTD;
        }
        return begins(head, "HTTP/1.") ? HTTP_ANSWER : RAW;
    }

    private static byte[] bytes(RawFile source, long offset, long length) throws IOException {
        var bytes = new byte[(int) length];
        source.read(offset, ByteBuffer.wrap(bytes));
        return bytes;
    }

    private static boolean begins(byte[] head, String magic) {
        var bytes = magic.getBytes(StandardCharsets.ISO_8859_1);
        return head.length >= bytes.length && ByteBuffer.wrap(head, 0, bytes.length).equals(ByteBuffer.wrap(bytes));
    }

    private static boolean isFixedVhd(byte[] tail) {
        return tail.length == FOOTER_BYTES && begins(tail, "conectix") && vhdType(tail) == VHD_FIXED_TYPE;
    }

    private static int vhdType(byte[] footer) {
        return footer.length < VHD_TYPE_OFFSET + Integer.BYTES ? 0 : ByteBuffer.wrap(footer).getInt(VHD_TYPE_OFFSET);
    }

    /// Whether something that somebody calls an image of this format may look like `found`: any kind of VHD may be
    /// another kind, an XVA may be compressed, and a raw disk may look like anything.
    public boolean fits(ImageFormat found) {
        return switch (this) {
            case RAW -> true;
            case XVA -> found == XVA || found == GZIP || found == ZSTD;
            case VHD_DYNAMIC, VHD_DIFFERENCING, VHD_FIXED ->
                    found == VHD_DYNAMIC || found == VHD_DIFFERENCING || found == VHD_FIXED;
            case QCOW2, VDI_TAR, GZIP, ZSTD, HTTP_ANSWER -> found == this;
        };
    }

    /// Insists on [#fits(ImageFormat)].
    ///
    /// @param name what messages call the image
    public void requireFits(String name, ImageFormat found) throws WrongFormatException {
        if (!fits(found)) {
            throw new WrongFormatException(name, this, found);
        }
    }
}
