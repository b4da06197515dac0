package io.xenolith.cli.restore;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Which block devices the system uses, as Linux tells. Devices are compared by their numbers, since one may have several
/// names.
public final class MountedDevices {

    private MountedDevices() {
    }

    /// What `device` is used for, as words; nothing if it is free, or nobody tells.
    public static Optional<String> use(Path device) throws IOException {
        var mounted = use(device, Path.of("/proc/mounts"), 0).map(fields -> "it is mounted on " + fields[1]);
        return mounted.isPresent() ? mounted
                : use(device, Path.of("/proc/swaps"), 1).map(_ -> "the system swaps to it");
    }

    private static Optional<String[]> use(Path device, Path table, int headLines) throws IOException {
        if (!Files.isReadable(table)) {
            return Optional.empty();
        }
        return lines(table).stream().skip(headLines).map(line -> line.split("\\s+"))
                .filter(fields -> fields.length > 1 && fields[0].startsWith("/") && isSame(device, Path.of(fields[0])))
                .findFirst();
    }

    private static List<String> lines(Path table) throws IOException {
        return Files.readAllLines(table, ISO_8859_1);
    }

    private static boolean isSame(Path device, Path other) {
        try {
            return number(device).equals(number(other));
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException _) {
            return device.equals(other);
        }
    }

    private static Object number(Path device) throws IOException {
        return Files.getAttribute(device.toRealPath(), "unix:rdev", LinkOption.NOFOLLOW_LINKS);
    }
}
