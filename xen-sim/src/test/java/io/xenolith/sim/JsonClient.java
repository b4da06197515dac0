package io.xenolith.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A minimal client over JSON-RPC 2.0, for what tests want to ask a pool.
final class JsonClient implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final URI url;
    private final HttpClient http;
    private String session;

    private JsonClient(URI url) {
        this.url = url;
        var noHostNames = new SSLParameters();
        noHostNames.setEndpointIdentificationAlgorithm("");
        http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).sslContext(trustingAll())
                .sslParameters(noHostNames).build();
    }

    /// A call that failed, with its code and parameters.
    static final class Failure extends RuntimeException {
        private final transient List<String> description;

        Failure(List<String> description) {
            super(description.toString());
            this.description = description;
        }

        List<String> description() {
            return description;
        }
    }

    static JsonClient login(SimulatedPool pool) throws Exception {
        return login(pool, pool.url(), pool.user(), pool.password());
    }

    static JsonClient login(SimulatedPool pool, URI url, String user, String password) throws Exception {
        var client = new JsonClient(url);
        client.session = client.send("session.login_with_password", List.of(user, password, "1.0", "test")).stringValue();
        return client;
    }

    private static SSLContext trustingAll() {
        try {
            var context = SSLContext.getInstance("TLSv1.2");
            context.init(null, new TrustManager[] {new TrustsAll()}, new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class TrustsAll extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    String session() {
        return session;
    }

    /// Calls with the session before the arguments.
    ///
    /// @throws Failure if the call fails
    JsonNode call(String method, Object... arguments) throws IOException, InterruptedException {
        var all = new ArrayList<Object>();
        all.add(session);
        all.addAll(List.of(arguments));
        return send(method, all);
    }

    String ref(String method, Object... arguments) throws IOException, InterruptedException {
        return call(method, arguments).stringValue();
    }

    /// Asserts that the call fails with this code, and returns the parameters.
    List<String> fails(String code, String method, Object... arguments) throws IOException, InterruptedException {
        try {
            return fail(method + " gave " + call(method, arguments) + " instead of failing with " + code);
        } catch (Failure failure) {
            assertEquals(code, failure.description().getFirst(), failure.getMessage());
            return failure.description().subList(1, failure.description().size());
        }
    }

    /// The task's record once it has ended.
    JsonNode await(String task) throws IOException, InterruptedException {
        var token = "";
        while (true) {
            var record = call("task.get_record", task);
            if (!record.get("status").stringValue().matches("pending|cancelling")) {
                return record;
            }
            token = call("event.from", List.of("task/" + task), token, 5.0).get("token").stringValue();
        }
    }

    private JsonNode send(String method, List<Object> arguments) throws IOException, InterruptedException {
        var body = JSON.writeValueAsBytes(Map.of("jsonrpc", "2.0", "method", method, "params", arguments, "id", 1));
        var request = HttpRequest.newBuilder(url.resolve("/jsonrpc")).POST(BodyPublishers.ofByteArray(body)).build();
        var answer = JSON.readTree(http.send(request, BodyHandlers.ofByteArray()).body());
        if (answer.has("error")) {
            var description = new ArrayList<>(List.of(answer.get("error").get("message").stringValue()));
            answer.get("error").get("data").forEach(parameter -> description.add(parameter.stringValue()));
            throw new Failure(description);
        }
        return answer.get("result");
    }

    /// A streaming request with the session in its query.
    HttpResponse<byte[]> get(String path, Map<String, String> query) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(address(path, query)).build(), BodyHandlers.ofByteArray());
    }

    HttpResponse<byte[]> put(String path, Map<String, String> query, byte[] body) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(address(path, query)).PUT(BodyPublishers.ofByteArray(body)).build(),
                BodyHandlers.ofByteArray());
    }

    private URI address(String path, Map<String, String> query) {
        var more = query.entrySet().stream().map(pair -> "&" + pair.getKey() + "=" + encode(pair.getValue()))
                .collect(Collectors.joining());
        return url.resolve(path + "?session_id=" + encode(session) + more);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        http.close();
    }
}
