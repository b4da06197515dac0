package io.xenolith.source.xva;

import java.io.IOException;

/// An archive contradicts its format or its checksums, or is cut. Reading it again does not help.
public final class XvaException extends IOException {

    /// @param place  what the archive is called
    /// @param entry  the entry that the finding is about
    /// @param offset where that entry begins in the uncompressed archive, in bytes
    XvaException(String place, String entry, long offset, String finding, Throwable cause) {
        super("%s, entry %s at byte %d: %s; export the machine again, or take another copy of the archive"
                .formatted(place, entry, offset, finding), cause);
    }
}
