package io.xenolith.source.xva;

import java.io.IOException;

/// An `ova.xml` does not describe a machine in a way that can be understood.
public final class OvaException extends IOException {

    OvaException(String finding) {
        super(finding);
    }

    OvaException(String finding, Throwable cause) {
        super(finding, cause);
    }
}
