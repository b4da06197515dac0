package io.xenolith.nbd.server;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.Optional;

/// Where a server listens and whom it serves how.
///
/// @param listen  an [InetSocketAddress], port 0 for any free one, or a [UnixDomainSocketAddress] at which no file is
/// @param tls     empty for none: then whoever reaches the address reads the exports, and sees what others read
/// @param listing whether clients may ask which exports there are
/// @param limits  what clients may take
public record NbdServerOptions(SocketAddress listen, Optional<ServerTls> tls, boolean listing, ServerLimits limits) {

    /// The port that is registered for NBD.
    public static final int PORT = 10809;

    public NbdServerOptions {
        if (!(listen instanceof InetSocketAddress) && !(listen instanceof UnixDomainSocketAddress)) {
            throw new IllegalArgumentException("neither a TCP nor a unix socket: " + listen);
        }
    }

    /// In clear, for processes of this host only, at a port of 127.0.0.1; 0 for any free one.
    public static NbdServerOptions loopback(int port) {
        return listening(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /// In clear, for those who may connect to a socket file in its directory.
    public static NbdServerOptions unixSocket(Path path) {
        return listening(UnixDomainSocketAddress.of(path));
    }

    /// In clear, at any address.
    public static NbdServerOptions listening(SocketAddress address) {
        return new NbdServerOptions(address, Optional.empty(), true, ServerLimits.DEFAULT);
    }

    public NbdServerOptions withTls(ServerTls tls) {
        return new NbdServerOptions(listen, Optional.of(tls), listing, limits);
    }

    public NbdServerOptions withoutListing() {
        return new NbdServerOptions(listen, tls, false, limits);
    }

    public NbdServerOptions withLimits(ServerLimits limits) {
        return new NbdServerOptions(listen, tls, listing, limits);
    }
}
