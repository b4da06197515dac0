package io.xenolith.source.xapi.http;

import java.io.IOException;
import java.time.Duration;

/// A host moved no byte for too long, and the connection was closed.
public final class StalledException extends IOException {

    StalledException(HostAddress host, Duration stall, IOException cause) {
        super("%s moved no byte for %d seconds; check the host's load, its storage and the network"
                .formatted(host, stall.toSeconds()), cause);
    }
}
