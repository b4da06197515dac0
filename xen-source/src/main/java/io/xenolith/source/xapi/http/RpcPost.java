package io.xenolith.source.xapi.http;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Carries remote calls to hosts: `POST /RPC2`, a length, and nothing that the host does not need. Safe for use by
/// several threads.
public final class RpcPost implements AutoCloseable {
    /// Bytes of a request's body; a host refuses more.
    public static final int MAX_REQUEST_BYTES = 300 << 10;

    /// Bytes of an answer's body. The bitmap of changed blocks of a disk of 16 TiB takes 43 MiB in base64.
    public static final int MAX_ANSWER_BYTES = 64 << 20;

    private static final int PAGE_BYTES = 64 << 10;

    private final HttpClient client;
    private final int maxAnswerBytes;

    public RpcPost(KnownHosts hosts, Duration connect) {
        this(hosts, connect, MAX_ANSWER_BYTES);
    }

    RpcPost(KnownHosts hosts, Duration connect, int maxAnswerBytes) {
        this.maxAnswerBytes = maxAnswerBytes;
        client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1) // headers that offer HTTP/2 would only take room
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(connect)
                .sslContext(hosts.context())
                .build();
    }

    /// An answer with status 200.
    public record Answer(byte[] body, HttpHeaders headers) {
    }

    /// Sends a call and waits for its answer.
    ///
    /// @param method for messages
    /// @param timeout for everything up to the answer's end
    /// @param headers names and values by turns
    /// @throws RequestTooLargeException if a host would refuse it; nothing was sent
    /// @throws HttpStatusException if the host does
    /// @throws UntrustedCertificateException if the host is not the right one; nothing was sent
    public Answer send(HostAddress host, String method, byte[] body, Duration timeout, String... headers)
            throws IOException, InterruptedException {
        if (body.length > MAX_REQUEST_BYTES) {
            throw new RequestTooLargeException("the call of " + method, body.length, MAX_REQUEST_BYTES,
                    "make several calls of it");
        }
        var request = HttpRequest.newBuilder(host.uri("/RPC2"))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .timeout(timeout)
                .setHeader("User-Agent", "xenolith")
                .setHeader("Content-Type", "text/xml");
        if (headers.length > 0) {
            request.headers(headers);
        }
        var response = wait(host, method, request.build(), timeout);
        if (response.statusCode() != 200) {
            int bytes = Math.min(response.body().length, PAGE_BYTES);
            var page = new String(response.body(), 0, bytes, StandardCharsets.UTF_8);
            throw HttpStatusException.of(method, host, response.statusCode(), page);
        }
        return new Answer(response.body(), response.headers());
    }

    /// A request's own timeout would end with the answer's head, and a body could keep a caller for ever.
    private HttpResponse<byte[]> wait(HostAddress host, String method, HttpRequest request, Duration timeout)
            throws IOException, InterruptedException {
        var bounded = HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), maxAnswerBytes);
        var answer = client.sendAsync(request, bounded);
        try {
            return answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new HttpTimeoutException("%s: %s gave no answer within %d seconds; check the host's load"
                    .formatted(method, host, timeout.toSeconds()));
        } catch (ExecutionException e) {
            throw explained(e.getCause(), host, method);
        } finally {
            answer.cancel(true); // means nothing to an answer that is there
        }
    }

    private static IOException explained(Throwable cause, HostAddress host, String method) {
        var failure = cause instanceof IOException io ? io : new IOException(cause);
        var untrusted = UntrustedCertificateException.among(failure, host);
        return untrusted != failure ? untrusted
                : new IOException("%s: talking to %s failed: %s".formatted(method, host, reason(failure)), failure);
    }

    private static String reason(IOException failure) {
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }

    /// Ends what is under way.
    @Override
    public void close() {
        client.shutdownNow();
    }
}
