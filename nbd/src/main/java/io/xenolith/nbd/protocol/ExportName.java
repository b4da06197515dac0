package io.xenolith.nbd.protocol;

import java.nio.charset.StandardCharsets;

/// The name of an export, up to [Limits#STRING] bytes of UTF-8 without NUL; the empty name is the default export.
///
/// A name may be a bearer token: XAPI puts a session's reference behind a `?`, other servers make the name unguessable.
/// So [#toString()] never prints it whole.
public record ExportName(String value) {
    public static final ExportName DEFAULT = new ExportName("");

    private static final int SHOWN = 8;

    public ExportName {
        if (value.getBytes(StandardCharsets.UTF_8).length > Limits.STRING || value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("an export's name has at most %d bytes and no NUL, this one has %d characters"
                    .formatted(Limits.STRING, value.length()));
        }
    }

    public boolean isDefault() {
        return value.isEmpty();
    }

    /// What stands before the first `?`, or else half of the name, at most 8 characters; then an ellipsis.
    @Override
    public String toString() {
        if (isDefault()) {
            return "(default)";
        }
        int query = value.indexOf('?');
        int shown = query >= 0 ? query : value.offsetByCodePoints(0, Math.min(SHOWN, value.codePointCount(0, value.length()) / 2));
        return value.substring(0, shown) + "…";
    }
}
