package io.xenolith.source.history;

import io.xenolith.source.vhd.VhdIdentity;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/// A VHD on the share, and all that it is laid over.
public final class PastImage {

    private final Path file;
    private final VhdIdentity identity;
    private final Instant modified;
    private final PastImage parent; // null if it is laid over none
    private final PastImage root;
    private final int depth;

    PastImage(Path file, VhdIdentity identity, Instant modified, PastImage parent) {
        this.file = file;
        this.identity = identity;
        this.modified = modified;
        this.parent = parent;
        this.root = parent == null ? this : parent.root;
        this.depth = parent == null ? 0 : parent.depth + 1;
    }

    public Path file() {
        return file;
    }

    /// What its footer says.
    public VhdIdentity identity() {
        return identity;
    }

    /// When the file was last written.
    Instant modified() {
        return modified;
    }

    /// What it is laid over; nothing if it is a whole disk.
    public Optional<PastImage> parent() {
        return Optional.ofNullable(parent);
    }

    /// The whole disk that its chain begins with.
    PastImage root() {
        return root;
    }

    /// How many images it is laid over.
    int depth() {
        return depth;
    }
}
