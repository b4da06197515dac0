package io.xenolith.nbd.client;

import java.time.Duration;

/// How long a client waits for a server before it gives up a connection. All are positive.
///
/// @param connect    for the transport to connect, for each address of a host's name
/// @param greeting   for the server's first words; XenServer's waits for its own toolstack before it speaks
/// @param option     for the answer to one option, and for the TLS handshake
/// @param export     for an export to be opened; XenServer's plugs a virtual disk meanwhile
/// @param stall      without a byte while a reply is due
/// @param request    for one request from its sending to its reply's last byte
/// @param disconnect for the server to hang up after the goodbye; XenServer's detaches the disk first
public record NbdTimeouts(Duration connect, Duration greeting, Duration option, Duration export, Duration stall,
                          Duration request, Duration disconnect) {
    /// For servers near or far, busy or not.
    public static final NbdTimeouts DEFAULT = new NbdTimeouts(Duration.ofSeconds(10), Duration.ofSeconds(90),
            Duration.ofSeconds(60), Duration.ofSeconds(180), Duration.ofSeconds(60), Duration.ofSeconds(300),
            Duration.ofSeconds(60));

    public NbdTimeouts {
        for (var timeout : new Duration[] {connect, greeting, option, export, stall, request, disconnect}) {
            if (timeout.isNegative() || timeout.isZero()) {
                throw new IllegalArgumentException("a timeout of " + timeout);
            }
        }
    }

    /// The same time for everything.
    public static NbdTimeouts all(Duration timeout) {
        return new NbdTimeouts(timeout, timeout, timeout, timeout, timeout, timeout, timeout);
    }
}
