package io.xenolith.cli;

import java.util.regex.Pattern;

/// A part of a whole, as people write it.
///
/// @param value from 0 to 1
public record Fraction(double value) {

    private static final Pattern TEXT = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,6})?)%");

    /// Reads a percentage such as `5%` or `0.5%`.
    ///
    /// @throws IllegalArgumentException if `text` is something else, or more than all
    public static Fraction parse(String text) {
        var parts = TEXT.matcher(text);
        double value = parts.matches() ? Double.parseDouble(parts.group(1)) / 100 : -1;
        if (value < 0 || value > 1) {
            throw new IllegalArgumentException("'%s' is no share; write a percentage from 0%% to 100%%, such as 5%%"
                    .formatted(text));
        }
        return new Fraction(value);
    }
}
