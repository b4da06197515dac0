package io.xenolith.sim.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/// One request and the way to answer it. For one thread.
public final class Exchange {
    private static final Map<Integer, String> REASONS = Map.of(200, "OK", 302, "Found", 400, "Bad Request",
            401, "Unauthorised", 403, "Forbidden", 404, "Not Found", 408, "Request Timeout",
            431, "Request Header Fields Too Large", 500, "Internal Error", 501, "Method Not Implemented");

    private final Request request;
    private final InputStream in;
    private final OutputStream out;
    private boolean answered;
    private boolean keepAlive;

    Exchange(Request request, InputStream in, OutputStream out) {
        this.request = request;
        this.in = in;
        this.out = out;
    }

    public Request request() {
        return request;
    }

    /// The rest of the connection's input; the caller stops at the request's length.
    public InputStream input() {
        return in;
    }

    /// Answers with a body of known length; the connection may be used again.
    public void answer(int status, String contentType, byte[] body) throws IOException {
        keepAlive = status == 200 && request.keepsAlive();
        head("HTTP/1.1", status, Map.of("Content-Type", contentType, "Content-Length", Integer.toString(body.length),
                "Connection", keepAlive ? "keep-alive" : "close"));
        out.write(body);
        out.flush();
    }

    /// Answers with a status and a page that says why; the connection ends.
    public void refuse(int status, String why, Map<String, String> headers) throws IOException {
        var page = page(status, why);
        var all = new LinkedHashMap<>(headers);
        all.put("content-type", "text/html");
        all.put("content-length", Integer.toString(page.length));
        all.put("connection", "close");
        if (status == 401) {
            all.put("www-authenticate", "Basic realm=\"XenAPI\"");
        }
        head("HTTP/1.1", status, all);
        out.write(page);
        out.flush();
    }

    /// Sends the head of an answer that ends with the connection, whatever happens in between.
    public OutputStream stream(String protocol, Map<String, String> headers) throws IOException {
        head(protocol, 200, headers);
        out.flush();
        return out;
    }

    /// What a host does when it fails after the head of a good answer: a whole second answer goes into the body.
    public void failInsideBody(String why) throws IOException {
        answered = false;
        refuse(500, why, Map.of());
    }

    private void head(String protocol, int status, Map<String, String> headers) throws IOException {
        answered = true;
        var head = new StringBuilder(protocol + " " + status + " " + REASONS.get(status) + "\r\n");
        headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] page(int status, String why) {
        var title = status + " " + REASONS.get(status);
        return ("<html><body><h1>" + title + "</h1>" + why + "</body></html>").getBytes(StandardCharsets.UTF_8);
    }

    boolean answered() {
        return answered;
    }

    boolean keepsAlive() {
        return keepAlive;
    }
}
