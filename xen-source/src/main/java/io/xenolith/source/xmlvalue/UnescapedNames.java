package io.xenolith.source.xmlvalue;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;

/// Makes XML of a document whose member names were written without escaping: between `<name>` and `</name>` a `<` is
/// no tag, and a `&` that begins no reference is none. References stay, so that a name reads the same whichever way
/// its document was read. Control characters in names, which XML cannot hold, are left out.
final class UnescapedNames extends InputStream {
    private static final byte[] OPEN = "<name>".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CLOSE = "</name>".getBytes(StandardCharsets.US_ASCII);
    private static final Pattern REFERENCE = Pattern.compile("&(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});.*",
            Pattern.DOTALL);
    private static final int LONGEST_REFERENCE = 10;

    private final byte[] xml;
    private int at;
    private boolean inName;

    /// What replaces the bytes before `at`, as far as it has not been read yet.
    private byte[] pending = new byte[0];
    private int pendingAt;

    /// The document from the byte `start` on.
    UnescapedNames(byte[] xml, int start) {
        this.xml = xml;
        this.at = start;
    }

    @Override
    public int read() {
        while (pendingAt == pending.length) {
            if (at == xml.length) {
                return -1;
            }
            if (!replaces()) {
                return Byte.toUnsignedInt(xml[at++]);
            }
        }
        return Byte.toUnsignedInt(pending[pendingAt++]);
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        int count = 0;
        for (int next = 0; count < length && (next = read()) >= 0; count++) {
            target[offset + count] = (byte) next;
        }
        return count == 0 && length > 0 ? -1 : count;
    }

    /// Sets `pending` and moves on, unless the next byte stays as it is.
    private boolean replaces() {
        if (inName) {
            return replacesInName();
        }
        if (startsWith(OPEN)) {
            inName = true;
            return replace(OPEN.length, "<name>");
        }
        return false;
    }

    private boolean replacesInName() {
        if (startsWith(CLOSE)) {
            inName = false;
            return replace(CLOSE.length, "</name>");
        }
        return switch (xml[at]) {
            case '<' -> replace(1, "&lt;");
            case '>' -> replace(1, "&gt;"); // as part of ]]> it is not allowed
            case '&' -> !beginsReference() && replace(1, "&amp;");
            case '\t', '\n', '\r' -> false;
            default -> xml[at] >= 0 && xml[at] < ' ' && replace(1, "");
        };
    }

    private boolean replace(int bytes, String by) {
        at += bytes;
        pending = by.getBytes(StandardCharsets.US_ASCII);
        pendingAt = 0;
        return true;
    }

    private boolean startsWith(byte[] text) {
        return at + text.length <= xml.length && Arrays.equals(xml, at, at + text.length, text, 0, text.length);
    }

    private boolean beginsReference() {
        int length = Math.min(LONGEST_REFERENCE, xml.length - at);
        return REFERENCE.matcher(new String(xml, at, length, StandardCharsets.ISO_8859_1)).matches();
    }
}
