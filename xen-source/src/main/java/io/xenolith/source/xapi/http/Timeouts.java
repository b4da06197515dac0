package io.xenolith.source.xapi.http;

import java.time.Duration;

/// How long to wait for a host, each positive.
///
/// @param connect for a connection and its TLS handshake
/// @param call for the answer to a remote call; a host queues some of them behind others, for hours if need be, and
///     those belong into tasks
/// @param goAhead for a host to answer an upload before its body; most answer at once, and those that do not get the
///     body after this time
/// @param stall for the next byte of an export or import. Attaching a disk and coalescing a chain of snapshots keep a
///     stream silent for minutes
/// @param task for a task to end; hosts queue tasks that touch the same storage, and coalescing takes hours
public record Timeouts(Duration connect, Duration call, Duration goAhead, Duration stall, Duration task) {
    public static final Timeouts USUAL = new Timeouts(
            Duration.ofSeconds(20), Duration.ofMinutes(5), Duration.ofSeconds(5), Duration.ofMinutes(10),
            Duration.ofHours(6));

    public Timeouts {
        for (var each : new Duration[] {connect, call, goAhead, stall, task}) {
            if (!each.isPositive()) {
                throw new IllegalArgumentException("a timeout of " + each);
            }
        }
    }
}
