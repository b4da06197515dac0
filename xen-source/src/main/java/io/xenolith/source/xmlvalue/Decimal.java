package io.xenolith.source.xmlvalue;

import java.util.OptionalLong;
import java.util.regex.Pattern;

/// Whole numbers of 64 bits as text.
final class Decimal {
    private static final Pattern DIGITS = Pattern.compile("[+-]?[0-9]{1,19}");

    private Decimal() {
    }

    static OptionalLong parse(String text) {
        var stripped = text.strip();
        if (!DIGITS.matcher(stripped).matches()) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(stripped));
        } catch (NumberFormatException _) {
            return OptionalLong.empty(); // 19 digits may still be too many
        }
    }
}
