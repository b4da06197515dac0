package io.xenolith.cli;

import java.util.Locale;
import java.util.regex.Pattern;

/// Numbers of bytes as people write them, in powers of 1024.
public final class ByteSize {

    private static final Pattern TEXT = Pattern.compile("(\\d{1,15})\\s*([kmgtKMGT]?)(?:i?[bB])?");
    private static final String UNITS = "KMGTPE";

    private ByteSize() {
    }

    /// Such as `1.8 GiB`; exact below 1 KiB.
    public static String format(long bytes) {
        if (Math.abs(bytes) < 1024) {
            return bytes + " B";
        }
        double value = bytes;
        int unit = -1;
        while (Math.abs(value) >= 1023.95 && unit < UNITS.length() - 1) { // 1023.95 would be shown as 1024.0
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %siB", value, UNITS.charAt(unit));
    }

    /// Reads a number with or without one of the units k, m, g, t, such as `64k`, `64KiB` or `65536`.
    ///
    /// @throws IllegalArgumentException if `text` is something else
    public static long parse(String text) {
        var parts = TEXT.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("'%s' is no size; write a number with or without k, m, g or t, such as 64k"
                    .formatted(text));
        }
        int unit = parts.group(2).isEmpty() ? 0 : UNITS.indexOf(parts.group(2).toUpperCase(Locale.ROOT)) + 1;
        return Math.multiplyExact(Long.parseLong(parts.group(1)), 1L << 10 * unit);
    }
}
