package io.xenolith.cli;

import java.util.Locale;

/// Names of constants as they stand in results.
public final class Words {

    private Words() {
    }

    public static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
