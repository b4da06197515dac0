package io.xenolith.repository.setting;

import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/// One object of a setting: `settings/`, the setting's key, `/`, which change of the setting it is, `-`, and a random part.
///
/// @param key    32 hexadecimal digits
/// @param number from 1 on
/// @param random 16 hexadecimal digits; no name is ever taken again, since a name's key seals once
record SettingVersion(String key, int number, String random) {

    static final String FOLDER = "settings/";
    private static final Pattern FORM =
            Pattern.compile(FOLDER + "(?<key>[0-9a-f]{32})/(?<number>[0-7][0-9a-f]{7})-(?<random>[0-9a-f]{16})");

    static String folder(String key) {
        return FOLDER + key + "/";
    }

    static SettingVersion first(String key, RandomGenerator random) {
        return new SettingVersion(key, 1, digits(random));
    }

    /// The one that replaces this.
    SettingVersion next(RandomGenerator random) {
        return new SettingVersion(key, Math.addExact(number, 1), digits(random));
    }

    private static String digits(RandomGenerator random) {
        return HexFormat.of().toHexDigits(random.nextLong());
    }

    /// The name of the object. Those of one setting sort by number.
    String object() {
        return "%s%08x-%s".formatted(folder(key), number, random);
    }

    /// Nothing if no setting is called so.
    static Optional<SettingVersion> parse(String object) {
        var match = FORM.matcher(object);
        return match.matches() ? Optional.of(new SettingVersion(match.group("key"),
                HexFormat.fromHexDigits(match.group("number")), match.group("random"))) : Optional.empty();
    }
}
