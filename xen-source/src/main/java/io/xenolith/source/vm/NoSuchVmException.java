package io.xenolith.source.vm;

import java.io.IOException;

/// What was given means no machine, or more than one.
public final class NoSuchVmException extends IOException {

    NoSuchVmException(String finding) {
        super(finding);
    }
}
