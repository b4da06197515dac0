package io.xenolith.sim.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The head of an HTTP request. Header names are in lower case.
public record Request(String method, String path, String rawQuery, boolean keepsAlive, Map<String, String> headers) {
    private static final int MOST_WITHOUT_LIMIT = 1 << 16;

    /// A `name=value` of the query; names may repeat.
    public record Parameter(String name, String value) {}

    /// Reads one request's head of at most `limit` bytes, its blank line among them; 0 means no limit worth the name.
    ///
    /// @return null if the peer closed the connection between requests
    /// @throws HttpException 431 if it is longer, 400 if it is no HTTP
    static Request read(InputStream in, int limit) throws IOException {
        var head = readHead(in, limit == 0 ? MOST_WITHOUT_LIMIT : limit);
        return head == null ? null : parse(head);
    }

    private static String readHead(InputStream in, int limit) throws IOException {
        var head = new StringBuilder();
        while (head.length() < 4 || head.indexOf("\r\n\r\n", head.length() - 4) < 0) {
            int next = in.read();
            if (next < 0) {
                if (head.isEmpty()) {
                    return null;
                }
                throw new HttpException(400, "the head ends early");
            }
            if (head.length() == limit) {
                throw new HttpException(431, "more than " + limit + " bytes of headers");
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private static Request parse(String head) throws HttpException {
        var lines = head.split("\r\n");
        var words = lines[0].split(" ");
        if (words.length != 3 || !words[2].startsWith("HTTP/1.")) {
            throw new HttpException(400, "no HTTP request: " + lines[0]);
        }
        var headers = new LinkedHashMap<String, String>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon > 0) {
                headers.put(lines[i].substring(0, colon).toLowerCase(Locale.ROOT), lines[i].substring(colon + 1).strip());
            }
        }
        var connection = headers.getOrDefault("connection", "").toLowerCase(Locale.ROOT);
        boolean keepsAlive = words[2].equals("HTTP/1.0") ? connection.equals("keep-alive") : !connection.equals("close");
        int question = words[1].indexOf('?');
        var path = question < 0 ? words[1] : words[1].substring(0, question);
        var query = question < 0 ? "" : words[1].substring(question + 1);
        return new Request(words[0], path, query, keepsAlive, headers);
    }

    /// The body's length, or -1 if the request does not say.
    public long contentLength() throws HttpException {
        var text = headers.get("content-length");
        try {
            return text == null ? -1 : Long.parseUnsignedLong(text);
        } catch (NumberFormatException _) {
            throw new HttpException(400, "no length: " + text);
        }
    }

    public boolean transferEncoded() {
        return headers.containsKey("transfer-encoding");
    }

    public List<Parameter> parameters() {
        var parameters = new ArrayList<Parameter>();
        for (var pair : rawQuery.split("&")) {
            int equals = pair.indexOf('=');
            if (!pair.isEmpty()) {
                parameters.add(equals < 0
                        ? new Parameter(decode(pair), "")
                        : new Parameter(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1))));
            }
        }
        return parameters;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    /// The first parameter of that name in the query or, failing that, among the cookies; null if there is none.
    public String parameter(String name) {
        for (var parameter : parameters()) {
            if (parameter.name().equals(name)) {
                return parameter.value();
            }
        }
        return cookie(name);
    }

    public String cookie(String name) {
        for (var cookie : headers.getOrDefault("cookie", "").split(";")) {
            int equals = cookie.indexOf('=');
            if (equals > 0 && cookie.substring(0, equals).strip().equals(name)) {
                return decode(cookie.substring(equals + 1).strip());
            }
        }
        return null;
    }

    public boolean is(String name, String value) {
        return value.equals(parameter(name));
    }
}
