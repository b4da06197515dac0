package io.xenolith.source.history;

import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Optional;
import java.util.regex.Pattern;

/// A folder of NAUbackup: `<machine>/backup-YYYY-MM-DD-(HH-MM-SS)`, by the clock of the host that made it.
///
/// @param time in an hour that a clock showed twice, the first
record NauFolder(String machine, Instant time) {

    private static final Pattern NAME = Pattern.compile(
            "backup-(\\d{4})-(\\d{2})-(\\d{2})-\\((\\d{2})-(\\d{2})-(\\d{2})\\)");

    /// Whether a folder is called so.
    static boolean isOne(Path folder) {
        return folder.getFileName() != null && NAME.matcher(folder.getFileName().toString()).matches();
    }

    /// The folder that `file` lies in, if it is one.
    ///
    /// @throws NotUnderstoodException if its name tells a time that there is not
    static Optional<NauFolder> of(Path file, ZoneId zone) throws NotUnderstoodException {
        var folder = file.getParent();
        if (!isOne(folder) || folder.getParent().getFileName() == null) {
            return Optional.empty();
        }
        var fields = NAME.matcher(folder.getFileName().toString());
        if (!fields.matches()) {
            return Optional.empty();
        }
        try {
            var time = LocalDateTime.of(number(fields.group(1)), number(fields.group(2)), number(fields.group(3)),
                    number(fields.group(4)), number(fields.group(5)), number(fields.group(6)));
            return Optional.of(new NauFolder(folder.getParent().getFileName().toString(), time.atZone(zone).toInstant()));
        } catch (DateTimeException e) {
            throw new NotUnderstoodException("the name of its folder tells no time (%s); back it up on its own with --time"
                    .formatted(e.getMessage()), e);
        }
    }

    private static int number(String digits) {
        return Integer.parseInt(digits);
    }
}
