package io.xenolith.cli;

import java.util.Locale;

/// Names of constants as they stand in results.
final class Words {

    private Words() {
    }

    static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
