package io.xenolith.repository.storage;

import java.util.regex.Pattern;

/// What a storage accepts as a name. The alphabet is what every file system and every object store takes as it is.
public final class ObjectNames {

    /// The folder that no object's name may begin with; a storage may keep unfinished objects there.
    static final String UNFINISHED = "tmp";

    private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*");

    private ObjectNames() {}

    /// Returns `name` if an object may have it.
    ///
    /// @throws IllegalArgumentException if not
    public static String require(String name) {
        var segments = name.split("/", -1);
        for (var segment : segments) {
            if (!isSegment(segment)) {
                throw new IllegalArgumentException("not a name for an object: '%s'".formatted(name));
            }
        }
        if (segments[0].equals(UNFINISHED)) {
            throw new IllegalArgumentException(
                    "not a name for an object: '%s', %s/ is kept for unfinished ones".formatted(name, UNFINISHED));
        }
        return name;
    }

    /// Returns `folder` if it is one that objects can lie in; its name ends with a slash.
    ///
    /// @throws IllegalArgumentException if not
    public static String requireFolder(String folder) {
        if (!folder.endsWith("/")) {
            throw new IllegalArgumentException("not a folder: '%s', a slash belongs at its end".formatted(folder));
        }
        require(folder.substring(0, folder.length() - 1));
        return folder;
    }

    /// Whether `segment` may stand between two slashes of a name.
    static boolean isSegment(String segment) {
        return SEGMENT.matcher(segment).matches();
    }
}
