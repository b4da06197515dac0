package io.xenolith.source.xva;

import java.util.Optional;
import java.util.regex.Pattern;

/// The name of an entry that holds a chunk: the reference of its disk, a slash, and 8 decimal digits.
///
/// @param disk   the reference
/// @param number counts the chunks of a disk from 0, those that are left out too
record ChunkName(String disk, int number) {

    static final int CHUNK_BYTES = 1 << 20;

    /// Names of more digits would no longer sort by number.
    static final long MAX_DISK_BYTES = 100_000_000L * CHUNK_BYTES;

    private static final Pattern DIGITS = Pattern.compile("[0-9]{8}");

    /// What `entry` names; nothing if it is no chunk's name.
    static Optional<ChunkName> parse(String entry) {
        int slash = entry.lastIndexOf('/');
        if (slash < 1 || !DIGITS.matcher(entry.substring(slash + 1)).matches()) {
            return Optional.empty();
        }
        return Optional.of(new ChunkName(entry.substring(0, slash), Integer.parseInt(entry.substring(slash + 1))));
    }

    @Override
    public String toString() {
        return "%s/%08d".formatted(disk, number);
    }
}
