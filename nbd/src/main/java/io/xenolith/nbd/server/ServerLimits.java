package io.xenolith.nbd.server;

import java.time.Duration;

/// What clients may take from a server. Together they bound its memory: a connection holds less than `bytesInFlight`
/// and one request on top, of 32 MiB at most; some 100 KiB while it is asked for nothing.
///
/// @param connections      clients that have opened an export
/// @param handshakes       clients that have not yet; with that many, further ones are turned away at once
/// @param handshake        how long a client may take to open an export, TLS included
/// @param stall            how long a client may take no byte of an answer, or leave a request half sent
/// @param idle             how long a client may ask for nothing; zero for ever, which mounted file systems need
/// @param requestsInFlight per connection, those that run or whose answer is not yet sent; further ones are not read
/// @param bytesInFlight    per connection, the sum of the lengths of those
/// @param drain            how long closing the server waits for requests that run
public record ServerLimits(int connections, int handshakes, Duration handshake, Duration stall, Duration idle,
                           int requestsInFlight, int bytesInFlight, Duration drain) {

    /// Limits for a handful of peers that know what they do.
    public static final ServerLimits DEFAULT = new ServerLimits(64, 100, Duration.ofSeconds(10),
            Duration.ofSeconds(60), Duration.ZERO, 16, 16 << 20, Duration.ofSeconds(10));

    public ServerLimits {
        if (connections < 1 || handshakes < 1 || requestsInFlight < 1 || bytesInFlight < 1) {
            throw new IllegalArgumentException("a limit below 1 serves nobody: " + connections + " connections, "
                    + handshakes + " handshakes, " + requestsInFlight + " requests, " + bytesInFlight + " bytes");
        }
        if (handshake.toMillis() < 1 || stall.toMillis() < 1 || idle.isNegative() || drain.isNegative()) {
            throw new IllegalArgumentException("times that nobody can keep: handshake " + handshake + ", stall "
                    + stall + ", idle " + idle + ", drain " + drain);
        }
    }

    public ServerLimits withConnections(int most) {
        return new ServerLimits(most, handshakes, handshake, stall, idle, requestsInFlight, bytesInFlight, drain);
    }

    public ServerLimits withHandshakes(int most, Duration time) {
        return new ServerLimits(connections, most, time, stall, idle, requestsInFlight, bytesInFlight, drain);
    }

    public ServerLimits withStall(Duration time) {
        return new ServerLimits(connections, handshakes, handshake, time, idle, requestsInFlight, bytesInFlight, drain);
    }

    public ServerLimits withIdle(Duration time) {
        return new ServerLimits(connections, handshakes, handshake, stall, time, requestsInFlight, bytesInFlight, drain);
    }

    public ServerLimits withInFlight(int requests, int bytes) {
        return new ServerLimits(connections, handshakes, handshake, stall, idle, requests, bytes, drain);
    }

    public ServerLimits withDrain(Duration time) {
        return new ServerLimits(connections, handshakes, handshake, stall, idle, requestsInFlight, bytesInFlight, time);
    }
}
