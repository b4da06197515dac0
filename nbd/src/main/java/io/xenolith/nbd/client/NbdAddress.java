package io.xenolith.nbd.client;

import io.xenolith.nbd.protocol.ExportName;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/// Where an export is. Prints without what may be secret in the export's name.
///
/// | URI                               | means                                            |
/// |-----------------------------------|--------------------------------------------------|
/// | `nbd://host[:10809]/name`         | TCP in the clear; TLS is never tried on the quiet |
/// | `nbds://host[:10809]/name`        | TCP with TLS or not at all                        |
/// | `nbd+unix:///name?socket=PATH`    | a Unix domain socket                              |
/// | `nbds+unix:///name?socket=PATH`   | a Unix domain socket with TLS                     |
///
/// The name is what stands behind the first `/` of the path, percent-decoded. The parameter `tls-hostname` gives the name
/// to find in the server's certificate. See `doc/uri.md` of the NBD project.
///
/// @param tlsHostName to find in the server's certificate instead of the endpoint's host, or null
public record NbdAddress(Endpoint endpoint, ExportName export, boolean tls, String tlsHostName) {
    /// The registered port.
    public static final int PORT = 10809;

    /// What a socket connects to.
    public sealed interface Endpoint {

        /// @param host name or address
        record Tcp(String host, int port) implements Endpoint {
            @Override
            public String toString() {
                return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
            }
        }

        record Unix(Path socket) implements Endpoint {
            @Override
            public String toString() {
                return socket.toString();
            }
        }
    }

    public NbdAddress {
        Objects.requireNonNull(endpoint);
        Objects.requireNonNull(export);
    }

    /// An export over TCP.
    public static NbdAddress tcp(String host, int port, ExportName export, boolean tls) {
        return new NbdAddress(new Endpoint.Tcp(host, port), export, tls, null);
    }

    /// Parses a URI of the table above.
    ///
    /// @throws IllegalArgumentException if it is none of them; the message does not repeat it
    public static NbdAddress parse(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("not an NBD URI: %s at character %d".formatted(e.getReason(), e.getIndex()));
        }
        var scheme = Objects.requireNonNullElse(uri.getScheme(), "").toLowerCase(Locale.ROOT);
        var parameters = parameters(uri.getRawQuery());
        var endpoint = switch (scheme) {
            case "nbd", "nbds" -> tcpEndpoint(uri);
            case "nbd+unix", "nbds+unix" -> unixEndpoint(parameters);
            default -> throw new IllegalArgumentException("not an NBD URI: it begins with neither nbd:, nbds:, nbd+unix: "
                    + "nor nbds+unix:");
        };
        return new NbdAddress(endpoint, exportName(uri), scheme.startsWith("nbds"), parameters.get("tls-hostname"));
    }

    private static Endpoint tcpEndpoint(URI uri) {
        if (uri.getHost() == null) {
            throw new IllegalArgumentException("not an NBD URI: it names no host");
        }
        if (uri.getRawUserInfo() != null) {
            throw new IllegalArgumentException("an NBD URI with a user asks for TLS with a pre-shared key, which is not "
                    + "supported; use certificates");
        }
        var host = uri.getHost();
        boolean bracketed = host.startsWith("[");
        int port = uri.getPort() < 0 ? PORT : uri.getPort();
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("not an NBD URI: port " + port);
        }
        return new Endpoint.Tcp(bracketed ? host.substring(1, host.length() - 1) : host, port);
    }

    private static Endpoint unixEndpoint(Map<String, String> parameters) {
        var socket = parameters.get("socket");
        if (socket == null || socket.isEmpty()) {
            throw new IllegalArgumentException("not an NBD URI: it is missing ?socket=PATH");
        }
        return new Endpoint.Unix(Path.of(socket));
    }

    private static ExportName exportName(URI uri) {
        var path = Objects.requireNonNullElse(uri.getRawPath(), "");
        return new ExportName(percentDecoded(path.startsWith("/") ? path.substring(1) : path));
    }

    private static Map<String, String> parameters(String query) {
        var parameters = new HashMap<String, String>();
        for (var parameter : Objects.requireNonNullElse(query, "").split("&")) {
            int equals = parameter.indexOf('=');
            if (parameter.isEmpty()) {
                continue;
            }
            var name = equals < 0 ? parameter : parameter.substring(0, equals);
            var value = equals < 0 ? "" : percentDecoded(parameter.substring(equals + 1));
            switch (name) {
                case "socket", "tls-hostname" -> parameters.put(name, value);
                case "tls-verify-peer" -> requireVerification(value);
                case "tls-type" -> requireCertificates(value);
                default -> throw new IllegalArgumentException(
                        "an NBD URI with an unknown parameter; write ? as %3F if it belongs to the export's name");
            }
        }
        return parameters;
    }

    private static void requireVerification(String value) {
        if (!value.equals("1") && !value.equals("true")) {
            throw new IllegalArgumentException("a server is always verified; pin its certificate instead of tls-verify-peer="
                    + value);
        }
    }

    private static void requireCertificates(String value) {
        if (!value.equals("x509")) {
            throw new IllegalArgumentException("TLS works with certificates only, not with tls-type=" + value);
        }
    }

    /// Like form decoding, but `+` stays what it is.
    private static String percentDecoded(String text) {
        var bytes = ByteBuffer.allocate(text.length() * 4);
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '%') {
                bytes.put((byte) Integer.parseInt(text, i + 1, i + 3, 16)); // URI has checked that two digits follow
                i += 2;
            } else {
                int end = text.offsetByCodePoints(i, 1);
                bytes.put(text.substring(i, end).getBytes(StandardCharsets.UTF_8));
                i = end - 1;
            }
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("not an NBD URI: a part of it is not UTF-8 when decoded");
        }
    }

    /// The name that the server's certificate must bear.
    String certificateName() {
        if (tlsHostName != null) {
            return tlsHostName;
        }
        return switch (endpoint) {
            case Endpoint.Tcp tcp -> tcp.host();
            case Endpoint.Unix _ -> "localhost";
        };
    }

    @Override
    public String toString() {
        var secure = tls ? "nbds" : "nbd";
        return switch (endpoint) {
            case Endpoint.Tcp tcp -> "%s://%s/%s".formatted(secure, tcp, export);
            case Endpoint.Unix unix -> "%s+unix:///%s?socket=%s".formatted(secure, export, unix);
        };
    }
}
