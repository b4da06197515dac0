package io.xenolith.source.overlay;

import java.io.IOException;

/// There is no room for what would have to be kept: the bound is reached, or the file system is full.
public final class ScratchFullException extends IOException {

    ScratchFullException(String message) {
        super(message);
    }

    ScratchFullException(String message, Throwable cause) {
        super(message, cause);
    }
}
