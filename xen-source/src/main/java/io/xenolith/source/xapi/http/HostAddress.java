package io.xenolith.source.xapi.http;

import java.net.URI;
import java.util.Locale;
import java.util.regex.Pattern;

/// Where a host answers.
///
/// @param host a name or an IP address; IPv6 without brackets
/// @param port 1 to 65535
public record HostAddress(String host, int port) {
    public static final int DEFAULT_PORT = 443;
    private static final int MAX_CHARACTERS = 255;
    private static final Pattern FORM = Pattern.compile("(?:\\[([0-9A-Fa-f:.%\\w]+)]|([\\w.-]+))(?::(\\d{1,5}))?");
    private static final Pattern BARE_IPV6 = Pattern.compile("[0-9A-Fa-f.]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*(?:%\\w+)?");

    /// @throws IllegalArgumentException if this cannot be an address
    public HostAddress {
        if (host.isEmpty() || host.length() > MAX_CHARACTERS || port < 1 || port > 0xFFFF) {
            throw new IllegalArgumentException("not an address of a host: '%s', port %d".formatted(host, port));
        }
        host = host.toLowerCase(Locale.ROOT);
    }

    /// As [#parse(String, int)] with port 443.
    public static HostAddress parse(String text) {
        return parse(text, DEFAULT_PORT);
    }

    /// Reads `host`, `host:port`, `[IPv6]:port`, a bare IPv6 address, each also behind `https://` and before a `/`.
    ///
    /// @throws IllegalArgumentException if it is none of these, `http://` included: nothing is sent in the clear
    public static HostAddress parse(String text, int portIfNone) {
        var bare = text.strip().replaceFirst("^https://", "").replaceFirst("/$", "");
        if (BARE_IPV6.matcher(bare).matches()) {
            return new HostAddress(bare, portIfNone);
        }
        var match = FORM.matcher(bare);
        if (!match.matches()) {
            throw new IllegalArgumentException("not an address of a host: '%s'; expected host[:port]".formatted(text));
        }
        var host = match.group(1) == null ? match.group(2) : match.group(1);
        return new HostAddress(host, match.group(3) == null ? portIfNone : Integer.parseInt(match.group(3)));
    }

    /// @param target path and query, already encoded
    URI uri(String target) {
        return URI.create("https://" + this + target);
    }

    /// `host` or `host:port`, as a URL and a `Host` header have it.
    @Override
    public String toString() {
        var name = host.contains(":") ? "[" + host + "]" : host;
        return port == DEFAULT_PORT ? name : name + ":" + port;
    }
}
