package io.xenolith.repository.retention;

import java.time.Instant;
import java.time.Period;
import java.time.ZoneId;
import java.util.regex.Pattern;

/// A stretch of time by the calendar: years, months, weeks and days, and hours.
///
/// @param dates years, months and days, none below 0
/// @param hours at least 0
public record Within(Period dates, int hours) {

    private static final Pattern TEXT = Pattern.compile(
            "(?:(\\d{1,4})y)?(?:(\\d{1,5})m)?(?:(\\d{1,5})w)?(?:(\\d{1,6})d)?(?:(\\d{1,7})h)?");

    public Within {
        if (dates.isNegative() || hours < 0 || dates.isZero() && hours == 0) {
            throw new IllegalArgumentException("a stretch of time is longer than nothing: %s and %d hours".formatted(dates, hours));
        }
    }

    /// Reads numbers of years, months, weeks, days and hours in this order, such as `14d`, `6h`, `2w` or `1y6m14d`; the
    /// inverse of [#toString()].
    ///
    /// @throws IllegalArgumentException if `text` is something else or no time at all
    public static Within parse(String text) {
        var parts = TEXT.matcher(text);
        if (text.isEmpty() || !parts.matches()) {
            throw new IllegalArgumentException(("'%s' is no stretch of time; write numbers of years, months, weeks, days and hours"
                    + " in this order, such as 14d, 6h, 2w, 3m or 1y6m14d").formatted(text));
        }
        int days = 7 * number(parts.group(3)) + number(parts.group(4));
        return new Within(Period.of(number(parts.group(1)), number(parts.group(2)), days), number(parts.group(5)));
    }

    private static int number(String digits) {
        return digits == null ? 0 : Integer.parseInt(digits);
    }

    /// The moment that lies so far before `moment`. Days and what is longer are counted by the calendar of `zone`, hours
    /// as they pass.
    Instant before(Instant moment, ZoneId zone) {
        return moment.atZone(zone).minus(dates).minusHours(hours).toInstant();
    }

    @Override
    public String toString() {
        return part(dates.getYears(), "y") + part(dates.getMonths(), "m") + part(dates.getDays(), "d") + part(hours, "h");
    }

    private static String part(int number, String unit) {
        return number == 0 ? "" : number + unit;
    }
}
