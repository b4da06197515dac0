package io.xenolith.repository.point;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;

/// What a machine may be called: any text of 1 to 255 bytes in UTF-8 without control characters.
public final class VmName {

    public static final int MAX_BYTES = 255;

    private VmName() {
    }

    /// Returns `name` if a machine may have it.
    ///
    /// @throws IllegalArgumentException if not
    public static String require(String name) {
        encode(name);
        return name;
    }

    /// The bytes of `name` in UTF-8; different for different names.
    static byte[] encode(String name) {
        if (hasControl(name)) {
            throw new IllegalArgumentException("a machine's name holds no control characters: '%s'"
                    .formatted(name.replaceAll("\\p{Cntrl}", "?")));
        }
        var bytes = strictUtf8(name);
        if (bytes.length == 0 || bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException("a machine's name has 1 to %d bytes in UTF-8, not %d: '%s'"
                    .formatted(MAX_BYTES, bytes.length, name));
        }
        return bytes;
    }

    private static boolean hasControl(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (Character.isISOControl(name.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    /// [String#getBytes] would make the same question mark of every lone half of a surrogate pair.
    private static byte[] strictUtf8(String name) {
        try {
            var encoded = UTF_8.newEncoder().encode(CharBuffer.wrap(name));
            var bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("a machine's name holds half a surrogate pair, which is no character", e);
        }
    }
}
