package io.xenolith.source.raw;

import java.io.IOException;
import java.nio.file.Path;

/// A device cannot hold the disk. Nothing was written to it.
public final class TargetTooSmallException extends IOException {

    TargetTooSmallException(Path target, long targetSize, long diskSize) {
        super("%s has %d bytes, but the disk has %d; choose a device of at least that size"
                .formatted(target, targetSize, diskSize));
    }
}
