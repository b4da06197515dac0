package io.xenolith.source.xapi.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// The head of a host's answer, HTTP/1.0 or 1.1.
///
/// @param headers by name in lower case; of several with one name, the last
public record ResponseHead(int status, Map<String, String> headers) {
    private static final int MAX_BYTES = 16 << 10;
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] ([1-5]\\d\\d)(?: .*)?");

    static ResponseHead read(InputStream in) throws IOException {
        var lines = new HeadLines(in);
        while (true) {
            var head = readOne(lines);
            if (head.status >= 200) {
                return head;
            }
        }
    }

    private static ResponseHead readOne(HeadLines lines) throws IOException {
        var first = lines.next();
        var match = STATUS_LINE.matcher(first);
        if (!match.matches()) {
            throw new IOException("the answer does not begin like one of HTTP/1.1: '%s'".formatted(quoted(first)));
        }
        var headers = new HashMap<String, String>();
        for (var line = lines.next(); !line.isEmpty(); line = lines.next()) {
            int colon = line.indexOf(':');
            if (colon <= 0) {
                throw new IOException("a header without a name: '%s'".formatted(quoted(line)));
            }
            headers.put(line.substring(0, colon).strip().toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
        }
        return new ResponseHead(Integer.parseInt(match.group(1)), Map.copyOf(headers));
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    /// True if the answer is at another place.
    public boolean redirects() {
        return status == 301 || status == 302 || status == 307 || status == 308;
    }

    private static String quoted(String line) {
        var shown = line.length() > 60 ? line.substring(0, 60) + "…" : line;
        return shown.replaceAll("[^ -~…]", "?");
    }

    private static final class HeadLines {
        private final InputStream in;
        private int bytes;

        HeadLines(InputStream in) {
            this.in = in;
        }

        String next() throws IOException {
            var line = new StringBuilder();
            for (int next = in.read(); next != '\n'; next = in.read()) {
                if (next < 0) {
                    throw new EOFException("the host closed the connection before it had answered");
                }
                if (++bytes > MAX_BYTES) {
                    throw new IOException("a head of more than %d bytes in the answer".formatted(MAX_BYTES));
                }
                line.append((char) next);
            }
            int end = line.length();
            return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
        }
    }
}
