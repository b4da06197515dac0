package io.xenolith.source.vhd;

import java.io.IOException;

/// A disk is larger than a VHD can be. Nothing was written.
public final class VhdTooLargeException extends IOException {

    private static final long serialVersionUID = 1L;

    VhdTooLargeException(long diskSize) {
        super("a disk of %d bytes does not fit into a VHD, which takes %d (2040 GiB); choose another format"
                .formatted(diskSize, VhdStructures.MAX_DISK_BYTES));
    }
}
