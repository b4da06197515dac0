package io.xenolith.source.xapi.rpc;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Pattern;

/// Times as hosts write them: `20240131T23:59:58Z`. Read also with dashes in the date, with a fraction of a second,
/// and without the `Z`; it is UTC always.
final class WireTime {
    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern("uuuuMMdd'T'HH:mm:ss'Z'");
    private static final Pattern FORM = Pattern.compile(
            "(\\d{4})-?(\\d\\d)-?(\\d\\d)T(\\d\\d):(\\d\\d):(\\d\\d)(?:\\.\\d{1,9})?Z?");

    private WireTime() {
    }

    static Optional<Instant> parse(String text) {
        var match = FORM.matcher(text.strip());
        if (!match.matches()) {
            return Optional.empty();
        }
        var part = new int[6];
        for (int i = 0; i < part.length; i++) {
            part[i] = Integer.parseInt(match.group(i + 1));
        }
        try {
            int second = Math.min(part[5], 59); // 60 is a leap second
            return Optional.of(LocalDateTime.of(part[0], part[1], part[2], part[3], part[4], second)
                    .toInstant(ZoneOffset.UTC));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    static String format(Instant time) {
        return FORMAT.format(time.truncatedTo(ChronoUnit.SECONDS).atOffset(ZoneOffset.UTC));
    }
}
