package io.xenolith.source.vhd;

import java.nio.charset.StandardCharsets;

/// What should be a VHD is something else: another format, or a host's error message.
public final class NotVhdException extends VhdException {

    private static final long serialVersionUID = 1L;
    private static final byte[] HTTP = "HTTP/1.".getBytes(StandardCharsets.US_ASCII);
    private static final int QUOTED_CHARACTERS = 100;

    private NotVhdException(String message) {
        super(message);
    }

    static NotVhdException withoutFooter(String image) {
        return new NotVhdException(("%s is not a VHD: neither its first nor its last 512 bytes are a footer. If it is a"
                + " raw disk, say so; if it is a VHD, it was cut off").formatted(image));
    }

    /// Whether `head` begins the text of an HTTP response: a host answers with status 200 before it opens the disk to
    /// be exported, and sends a second response as the body if that fails.
    static boolean isResponse(byte[] head) {
        return VhdFooter.startsWith(head, HTTP);
    }

    /// @param head the first bytes of the body
    static NotVhdException response(String image, byte[] head) {
        var line = new String(head, StandardCharsets.ISO_8859_1).lines().findFirst().orElse("");
        var quoted = line.substring(0, Math.min(QUOTED_CHARACTERS, line.length())).replaceAll("[^ -~]", "?");
        return new NotVhdException(("%s is not a VHD but a host's error message, '%s'; look at the export's task on the"
                + " host for the reason").formatted(image, quoted));
    }
}
