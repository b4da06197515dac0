package io.xenolith.sim.rpc;

import java.io.IOException;

/// A request whose body is no call. Hosts answer it with HTTP status 500 and a page of HTML.
public final class MalformedRequestException extends IOException {
    MalformedRequestException(String message, Throwable cause) {
        super(message, cause);
    }

    MalformedRequestException(String message) {
        super(message);
    }
}
