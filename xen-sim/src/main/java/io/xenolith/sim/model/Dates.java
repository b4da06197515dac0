package io.xenolith.sim.model;

import io.xenolith.sim.rpc.XapiFailure;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;

/// Dates as the XenAPI writes them: `20240131T23:59:58Z`, no dashes, but colons.
public final class Dates {
    private static final DateTimeFormatter COMPACT = DateTimeFormatter.ofPattern("uuuuMMdd'T'HH:mm:ss");
    private static final DateTimeFormatter DASHED = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss");

    private Dates() {}

    public static String format(Instant time) {
        return COMPACT.format(time.atOffset(ZoneOffset.UTC)) + "Z";
    }

    /// Takes the compact and the dashed form; without a zone it is UTC.
    ///
    /// @throws XapiFailure `FIELD_TYPE_ERROR` if it is neither
    public static Instant parse(String field, String text) {
        var local = text.endsWith("Z") ? text.substring(0, text.length() - 1) : text;
        try {
            return LocalDateTime.parse(local, local.startsWith("-", 4) ? DASHED : COMPACT).toInstant(ZoneOffset.UTC);
        } catch (DateTimeParseException _) {
            throw new XapiFailure("FIELD_TYPE_ERROR", field);
        }
    }
}
