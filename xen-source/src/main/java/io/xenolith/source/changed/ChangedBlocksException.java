package io.xenolith.source.changed;

import java.io.IOException;

/// What claims to say what changed cannot be understood, or is about another disk. Reading the whole disk is the way
/// out.
public final class ChangedBlocksException extends IOException {

    ChangedBlocksException(String finding) {
        this(finding, null);
    }

    ChangedBlocksException(String finding, Throwable cause) {
        super(finding + "; without the changed blocks the whole disk must be read", cause);
    }
}
