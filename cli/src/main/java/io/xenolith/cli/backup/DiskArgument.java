package io.xenolith.cli.backup;

import io.xenolith.source.image.DeviceName;
import java.util.Optional;
import java.util.regex.Pattern;

/// An argument `[DISK=]FILE`. What stands before the first `=` is the disk's name if it could be one; to name a file with an
/// `=` in it, write `./a=b`.
///
/// @param disk its name, if it was given
/// @param file a path, or `-` for standard input
public record DiskArgument(Optional<String> disk, String file) {

    private static final Pattern TEXT = Pattern.compile("([A-Za-z0-9][A-Za-z0-9._-]*)=(.+)", Pattern.DOTALL);

    public static DiskArgument parse(String text) {
        var parts = TEXT.matcher(text);
        return parts.matches() ? new DiskArgument(Optional.of(parts.group(1)), parts.group(2))
                : new DiskArgument(Optional.empty(), text);
    }

    public boolean isStandardInput() {
        return file.equals("-");
    }

    /// The disk's name; if none was given, by its place among the arguments: `xvda`, `xvdb` and so on to `xvdz`, `xvdaa`.
    ///
    /// @param index counted from 0
    public String name(int index) {
        return disk.orElseGet(() -> DeviceName.at(index));
    }
}
