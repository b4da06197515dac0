package io.xenolith.repository.point;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// A restore point's time as text, always UTC and to the second: `2026-11-20T10:15:00Z`, and `20261120T101500Z` in names.
/// Both sort as the times do. Written out by hand: a listing formats and reads one for every point, and the library's
/// formatters take longer to load than all of that.
public final class PointTime {

    private static final Instant FIRST = parse("0000-01-01T00:00:00Z");
    private static final Instant LAST = parse("9999-12-31T23:59:59Z");
    private static final Pattern BEGINNING =
            Pattern.compile("\\d{4}-?\\d{2}-?\\d{2}(?:T\\d{2}:?\\d{2}(?::?\\d{2})?Z?)?");

    private PointTime() {
    }

    /// Returns `time` if a point may have it.
    ///
    /// @throws IllegalArgumentException if it is not of the years 0 to 9999, or holds a part of a second
    static Instant require(Instant time) {
        if (time.isBefore(FIRST) || time.isAfter(LAST) || time.getNano() != 0) {
            throw new IllegalArgumentException("not a whole second of the years 0 to 9999: " + time);
        }
        return time;
    }

    /// Such as `2026-11-20T10:15:00Z`.
    public static String format(Instant time) {
        return text(time, "-", ":");
    }

    static String compact(Instant time) {
        return text(time, "", "");
    }

    private static String text(Instant time, String dash, String colon) {
        var utc = LocalDateTime.ofEpochSecond(time.getEpochSecond(), 0, ZoneOffset.UTC);
        var text = new StringBuilder(20);
        digits(text, utc.getYear() / 100);
        digits(text, utc.getYear() % 100);
        digits(text.append(dash), utc.getMonthValue());
        digits(text.append(dash), utc.getDayOfMonth());
        digits(text.append('T'), utc.getHour());
        digits(text.append(colon), utc.getMinute());
        digits(text.append(colon), utc.getSecond());
        return text.append('Z').toString();
    }

    private static void digits(StringBuilder text, int number) {
        text.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
    }

    /// The inverse of [#format].
    ///
    /// @throws IllegalArgumentException if `text` is anything else
    static Instant parse(String text) {
        return parse(text, "0000-00-00T00:00:00Z", 5, 8, 11, 14, 17);
    }

    /// The inverse of [#compact].
    ///
    /// @throws IllegalArgumentException if `text` is anything else
    static Instant parseCompact(String text) {
        return parse(text, "00000000T000000Z", 4, 6, 9, 11, 13);
    }

    /// Reads `text`, which looks like `shape` with other digits; month, day and so on begin where the numbers say.
    private static Instant parse(String text, String shape, int month, int day, int hour, int minute, int second) {
        if (!isLike(shape, text)) {
            throw new IllegalArgumentException("'%s' is no time in the form %s".formatted(text, shape));
        }
        try {
            return LocalDateTime.of(number(text, 0) * 100 + number(text, 2), number(text, month), number(text, day),
                    number(text, hour), number(text, minute), number(text, second)).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("'%s' is no time: %s".formatted(text, e.getMessage()), e);
        }
    }

    private static boolean isLike(String shape, String text) {
        if (text.length() != shape.length()) {
            return false;
        }
        for (int i = 0; i < shape.length(); i++) {
            char c = text.charAt(i);
            if (shape.charAt(i) == '0' ? c < '0' || c > '9' : c != shape.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static int number(String text, int at) {
        return (text.charAt(at) - '0') * 10 + text.charAt(at + 1) - '0';
    }

    /// How the compact times begin that somebody means by `text`: a date, a date with hours and minutes or also seconds,
    /// after a `T` or a space; or an ISO-8601 time with an offset. Without an offset it is UTC.
    static Optional<String> beginning(String text) {
        var iso = text.strip().replace(' ', 'T').toUpperCase(Locale.ROOT);
        if (BEGINNING.matcher(iso).matches()) {
            return Optional.of(iso.replace("-", "").replace(":", "").replace("Z", ""));
        }
        try {
            return Optional.of(compact(require(OffsetDateTime.parse(iso).toInstant())));
        } catch (DateTimeException | IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
