package io.xenolith.source.image;

/// What guests call their drives.
public final class DeviceName {

    private static final int LETTERS = 26;

    private DeviceName() {
    }

    /// The drive at a position counted from 0: `xvda`, `xvdb` and so on to `xvdz`, `xvdaa`.
    public static String at(int position) {
        return "xvd" + letters(position);
    }

    private static String letters(int position) {
        var last = String.valueOf((char) ('a' + position % LETTERS));
        return position < LETTERS ? last : letters(position / LETTERS - 1) + last;
    }
}
