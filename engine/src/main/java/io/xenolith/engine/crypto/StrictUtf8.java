package io.xenolith.engine.crypto;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// UTF-8 where two different texts must never become the same bytes: the usual encoders turn each half of a surrogate
/// pair that stands alone into the same question mark.
final class StrictUtf8 {

    private StrictUtf8() {}

    /// Encodes `text` and leaves no other copy of it behind.
    ///
    /// @throws IllegalArgumentException if `text` is no well-formed Unicode; the message does not show it
    static byte[] encode(CharBuffer text, String what) {
        ByteBuffer encoded = null;
        try {
            encoded = StandardCharsets.UTF_8.newEncoder().encode(text);
            return Arrays.copyOf(encoded.array(), encoded.limit());
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(what + " holds half a surrogate pair, which is no character", e);
        } finally {
            if (encoded != null) {
                Arrays.fill(encoded.array(), (byte) 0);
            }
        }
    }

    static byte[] encode(String text, String what) {
        return encode(CharBuffer.wrap(text), what);
    }

    /// @throws CharacterCodingException if `bytes` is no well-formed UTF-8
    static String decode(byte[] bytes) throws CharacterCodingException {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    }
}
