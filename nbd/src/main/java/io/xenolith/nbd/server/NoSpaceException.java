package io.xenolith.nbd.server;

import java.io.IOException;

/// What a client wants to write has no room. It is told so as ENOSPC, upon which a virtual machine may pause.
public final class NoSpaceException extends IOException {

    public NoSpaceException(String message, Throwable cause) {
        super(message, cause);
    }
}
