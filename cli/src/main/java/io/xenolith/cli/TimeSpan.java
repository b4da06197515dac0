package io.xenolith.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;

/// Stretches of time as people write them.
public final class TimeSpan {

    private static final Pattern TEXT = Pattern.compile("(\\d{1,9})(s|m|h|d|w)?");

    private TimeSpan() {
    }

    /// Reads a number of seconds, or of `s`, `m` (minutes), `h`, `d` or `w`, such as `30s` or `10m`.
    ///
    /// @throws IllegalArgumentException if `text` is something else
    public static Duration parse(String text) {
        var parts = TEXT.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("'%s' is no stretch of time; write a number and s, m, h, d or w, such as 10m"
                    .formatted(text));
        }
        long number = Long.parseLong(parts.group(1));
        return switch (parts.group(2)) {
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            case "d" -> Duration.ofDays(number);
            case "w" -> Duration.ofDays(7 * number);
            case null, default -> Duration.ofSeconds(number);
        };
    }

    /// Such as `0.4 s`, `12 s` or `3 min 5 s`.
    public static String format(double seconds) {
        if (seconds < 10) {
            return String.format(Locale.ROOT, "%.1f s", seconds);
        }
        long whole = Math.round(seconds);
        if (whole < 60) {
            return whole + " s";
        }
        return whole < 3600 ? "%d min %d s".formatted(whole / 60, whole % 60)
                : "%d h %d min".formatted(whole / 3600, whole % 3600 / 60);
    }
}
