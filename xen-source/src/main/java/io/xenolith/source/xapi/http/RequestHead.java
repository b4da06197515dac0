package io.xenolith.source.xapi.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// The head of a request for an export or import.
///
/// ```text
///   PUT /import_raw_vdi?session_id=…&vdi=… HTTP/1.1
///   Host: 192.0.2.10
///   Content-Length: 1073741824        for a PUT whose length is known
///   Connection: close
/// ```
/// A host reads 1006 bytes of it and refuses what is longer; hence the few headers.
final class RequestHead {
    static final int MAX_BYTES = 1006;

    private RequestHead() {
    }

    /// @param target path and query, encoded
    /// @param length of the body in bytes, or negative for none or an unknown one
    /// @throws RequestTooLargeException if the host would refuse it
    static byte[] encode(String method, String target, HostAddress host, long length) throws IOException {
        if (target.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new IllegalArgumentException("a target with characters that are not encoded");
        }
        var text = new StringBuilder()
                .append(method).append(' ').append(target).append(" HTTP/1.1\r\n")
                .append("Host: ").append(host).append("\r\n");
        if (length >= 0) {
            text.append("Content-Length: ").append(length).append("\r\n");
        }
        var bytes = text.append("Connection: close\r\n\r\n").toString().getBytes(StandardCharsets.US_ASCII);
        if (bytes.length > MAX_BYTES) {
            throw new RequestTooLargeException("the head of " + method + " " + path(target), bytes.length, MAX_BYTES,
                    "pass fewer parameters, for example fewer mapped disks at a time");
        }
        return bytes;
    }

    /// `target` without its query, which holds the session.
    static String path(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }
}
