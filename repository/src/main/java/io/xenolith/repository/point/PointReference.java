package io.xenolith.repository.point;

import java.util.Locale;
import java.util.regex.Pattern;

/// What a user may write to name one restore point.
sealed interface PointReference {

    int LEAST_DIGITS = 4;

    Pattern DIGITS = Pattern.compile("[0-9a-f]{1,16}");

    /// An id, or how it begins.
    record Id(String prefix) implements PointReference {}

    /// The newest point of a machine.
    record Latest(String vm) implements PointReference {}

    /// The point of a machine whose compact time begins with `beginning`.
    record At(String vm, String beginning) implements PointReference {}

    /// Reads an id or how it begins, `NAME@latest` or `NAME@TIME`. The last `@` counts, as a machine's name may have some.
    ///
    /// @throws NoSuchPointException if `reference` is nothing of that
    static PointReference parse(String reference) throws NoSuchPointException {
        int at = reference.lastIndexOf('@');
        return at < 0 ? id(reference) : ofVm(reference, reference.substring(0, at), reference.substring(at + 1));
    }

    private static Id id(String reference) throws NoSuchPointException {
        var digits = reference.toLowerCase(Locale.ROOT);
        if (!DIGITS.matcher(digits).matches()) {
            throw new NoSuchPointException(reference, "it is neither the beginning of an id nor NAME@latest nor NAME@TIME");
        }
        if (digits.length() < LEAST_DIGITS) {
            throw new NoSuchPointException(reference, "at least %d digits of an id are needed".formatted(LEAST_DIGITS));
        }
        return new Id(digits);
    }

    private static PointReference ofVm(String reference, String vm, String moment) throws NoSuchPointException {
        try {
            VmName.require(vm);
        } catch (IllegalArgumentException e) {
            throw new NoSuchPointException(reference, e.getMessage());
        }
        if (moment.equals("latest")) {
            return new Latest(vm);
        }
        return new At(vm, PointTime.beginning(moment).orElseThrow(() -> new NoSuchPointException(reference,
                "'%s' is neither 'latest' nor a time in UTC such as 2026-11-20T10:15".formatted(moment))));
    }
}
