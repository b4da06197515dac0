package io.xenolith.cli.serve;

import io.xenolith.cli.UsageException;
import io.xenolith.nbd.server.NbdServerOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URLEncoder;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/// Where the server listens.
record ServerAddress(SocketAddress address) {

    private static final Pattern TEXT = Pattern.compile("(?:(\\[[^\\]]*\\]|[^:]*):)?(\\d{1,5})?|([^:]+)");

    /// Reads `HOST:PORT`, `HOST`, `:PORT` or a number, which is a port of 127.0.0.1. IPv6 addresses stand in brackets; port 0
    /// is any free one, and an empty host every address of this machine.
    ///
    /// @throws UsageException if it is something else, or there is no such host
    static ServerAddress parse(String text) {
        var parts = TEXT.matcher(text);
        if (text.isEmpty() || !parts.matches()) {
            throw new UsageException("--listen %s: write HOST:PORT, such as 127.0.0.1:10809".formatted(text));
        }
        int port = parts.group(2) == null ? NbdServerOptions.PORT : Integer.parseInt(parts.group(2));
        if (port > 65_535) {
            throw new UsageException("--listen %s: a port is at most 65535".formatted(text));
        }
        var host = parts.group(3) != null ? parts.group(3) : parts.group(1);
        var address = host == null ? new InetSocketAddress(InetAddress.getLoopbackAddress(), port)
                : host.isEmpty() ? new InetSocketAddress(port)
                : new InetSocketAddress(host.replaceAll("[\\[\\]]", ""), port);
        if (address.isUnresolved()) {
            throw new UsageException("--listen %s: there is no host of that name".formatted(text));
        }
        return new ServerAddress(address);
    }

    /// A socket file.
    static ServerAddress socket(Path file) {
        return new ServerAddress(UnixDomainSocketAddress.of(file));
    }

    /// Whether only processes of this machine get there.
    boolean isLocal() {
        return !(address instanceof InetSocketAddress inet) || inet.getAddress().isLoopbackAddress();
    }

    /// What clients are given, such as `nbd://127.0.0.1:10809`; with an export's name where there is one.
    String uri(boolean tls, Optional<String> export) {
        var scheme = tls ? "nbds" : "nbd";
        var path = export.map(ServerAddress::escaped).orElse("");
        return switch (address) {
            case InetSocketAddress inet -> "%s://%s/%s".formatted(scheme, text(), path);
            case UnixDomainSocketAddress unix -> "%s+unix:///%s?socket=%s".formatted(scheme, path, escaped(unix.toString()));
            default -> throw new IllegalStateException("neither a TCP nor a unix socket: " + address);
        };
    }

    private static String escaped(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20")
                .replace("%2F", "/").replace("%3A", ":");
    }

    /// Such as `127.0.0.1:10809`, or the name of a file.
    String text() {
        if (address instanceof InetSocketAddress inet) {
            var host = inet.getAddress().getHostAddress();
            return (host.contains(":") ? "[%s]:%d" : "%s:%d").formatted(host, inet.getPort());
        }
        return address.toString();
    }
}
