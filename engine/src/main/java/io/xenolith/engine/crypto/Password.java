package io.xenolith.engine.crypto;

import java.nio.CharBuffer;
import java.text.Normalizer;

/// A password's bytes: UTF-8 of its NFC form, so that `ü` opens what `u` with two dots above has locked; keyboards and
/// systems differ in which of them they produce.
final class Password {

    private Password() {}

    /// The caller wipes both.
    ///
    /// @throws IllegalArgumentException if `password` is empty or holds half a surrogate pair
    static byte[] encode(char[] password) {
        if (password.length == 0) {
            throw new IllegalArgumentException("the password is empty");
        }
        return StrictUtf8.encode(normalized(password), "the password");
    }

    /// Only what is not normalised yet leaves a string behind that nobody can wipe; the normaliser makes nothing else.
    private static CharBuffer normalized(char[] password) {
        var text = CharBuffer.wrap(password);
        boolean asItIs = text.chars().allMatch(c -> c < 0x80) || Normalizer.isNormalized(text, Normalizer.Form.NFC);
        return asItIs ? text : CharBuffer.wrap(Normalizer.normalize(text, Normalizer.Form.NFC));
    }
}
