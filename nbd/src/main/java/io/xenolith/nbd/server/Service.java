package io.xenolith.nbd.server;

import io.netty.handler.ssl.SslContext;
import java.util.Optional;
import java.util.concurrent.Executor;

/// What all connections of a server share.
///
/// @param tls         empty if the server does not offer it
/// @param tlsRequired whether clients without it get nothing
/// @param workers     runs whatever may block, each on a thread of its own
record Service(Exports exports, boolean listing, ServerLimits limits, Optional<SslContext> tls, boolean tlsRequired,
               Executor workers, Attendance attendance) {
}
