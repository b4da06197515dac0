package io.xenolith.source.vm;

import java.io.IOException;

/// A disk could not be read from the pool, whatever the repository does: there may be another way to read it.
final class SourceFailedException extends IOException {

    SourceFailedException(IOException cause) {
        super(cause.getMessage() == null ? cause.toString() : cause.getMessage(), cause);
    }
}
