package io.xenolith.sim.stream;

import io.xenolith.sim.http.Exchange;
import io.xenolith.sim.http.HttpException;
import io.xenolith.sim.http.HttpHandler;
import io.xenolith.sim.model.Row;
import io.xenolith.sim.pool.Host;
import io.xenolith.sim.pool.Pool;
import io.xenolith.sim.pool.Role;
import io.xenolith.sim.rpc.XapiFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;

/// What all streaming requests have in common: the session, the task, the way to another host, and how a failure is told.
/// The task is the only thing that tells success; a failure after the head of the answer goes into the body.
public final class StreamEndpoint implements HttpHandler {
    private static final String TEMPORARY = "http-basic";

    private final Pool pool;
    private final Host host;
    private final IntSupplier port;
    private final Role role;
    private final Stream stream;

    /// What one path does.
    interface Stream {
        /// The SR that the serving host has to see, or null if any host will do. Called under the database's lock.
        default Row storage(StreamContext context) throws IOException {
            return null;
        }

        /// Carries the request out, without the lock, and returns the task's result.
        ///
        /// @throws HttpException to refuse the request before anything was answered
        /// @throws XapiFailure if the work fails
        Object run(StreamContext context) throws IOException, InterruptedException;
    }

    StreamEndpoint(Pool pool, Host host, IntSupplier port, Role role, Stream stream) {
        this.pool = pool;
        this.host = host;
        this.port = port;
        this.role = role;
        this.stream = stream;
    }

    @Override
    public void handle(Exchange exchange) throws IOException, InterruptedException {
        var context = pool.locked(() -> admit(exchange));
        try {
            if (!redirects(context, exchange)) {
                serve(context, exchange);
            }
        } finally {
            pool.locked(() -> {
                forgetTemporary(context);
                return null;
            });
        }
    }

    /// A session that only carried a password into this request ends with it.
    private void forgetTemporary(StreamContext context) {
        if (context.session().text("originator").equals(TEMPORARY)) {
            pool.database().delete(context.session());
        }
    }

    private void serve(StreamContext context, Exchange exchange) throws IOException, InterruptedException {
        try {
            pool.faults().beforeCall(exchange.request().path(), List.of());
            var result = stream.run(context);
            finish(context, () -> pool.tasks().succeed(context.task(), result));
        } catch (XapiFailure failure) {
            finish(context, () -> pool.tasks().fail(context.task(), failure));
            throw new HttpException(500, failure.asText());
        } catch (HttpException e) {
            finish(context, () -> pool.tasks().fail(context.task(), new XapiFailure("INTERNAL_ERROR", e.getMessage())));
            throw e;
        } catch (StreamContext.CutException e) {
            finish(context, () -> pool.tasks().fail(context.task(), new XapiFailure("INTERNAL_ERROR", e.getMessage())));
        } catch (IOException | RuntimeException e) {
            finish(context, () -> pool.tasks().fail(context.task(), new XapiFailure("INTERNAL_ERROR", e.toString())));
            throw e;
        }
    }

    private void finish(StreamContext context, Runnable step) throws IOException, InterruptedException {
        pool.locked(() -> {
            step.run();
            return null;
        });
    }

    private StreamContext admit(Exchange exchange) throws IOException {
        var request = exchange.request();
        var session = session(exchange);
        requireRole(session, request.path());
        var asked = request.parameter("task_id");
        Row task;
        try {
            task = asked == null ? pool.tasks().createHidden(request.path(), host) : pool.database().get("task", asked);
        } catch (XapiFailure e) {
            throw new HttpException(500, e.asText());
        }
        return new StreamContext(pool, host, exchange, session, task);
    }

    private void requireRole(Row session, String path) throws HttpException {
        try {
            pool.sessions().require(session, role, "http" + path);
        } catch (XapiFailure e) {
            throw new HttpException(403, e.asText());
        }
    }

    private Row session(Exchange exchange) throws IOException {
        var request = exchange.request();
        var cookie = request.cookie("session_id");
        var given = cookie != null ? cookie : request.parameter("session_id");
        try {
            return given != null ? pool.sessions().require(given) : basic(request.headers().get("authorization"));
        } catch (XapiFailure | IllegalArgumentException | IndexOutOfBoundsException _) {
            throw new HttpException(401, "no valid session");
        }
    }

    private Row basic(String header) {
        if (header == null || !header.startsWith("Basic ")) {
            throw new XapiFailure("SESSION_INVALID", "");
        }
        var pair = new String(Base64.getDecoder().decode(header.substring("Basic ".length())), StandardCharsets.UTF_8);
        int colon = pair.indexOf(':');
        return pool.sessions().login(pair.substring(0, colon), pair.substring(colon + 1), TEMPORARY, host);
    }

    /// Sends the client to a host that sees the storage, with the same query; the task goes on waiting.
    private boolean redirects(StreamContext context, Exchange exchange) throws IOException, InterruptedException {
        var other = pool.locked(() -> otherHost(context));
        if (other == null) {
            return false;
        }
        var request = exchange.request();
        pool.locked(() -> {
            pool.tasks().forgetHidden(context.task());
            return null;
        });
        exchange.refuse(302, "elsewhere", Map.of("Location", "https://%s:%d%s?%s"
                .formatted(other.address(), port.getAsInt(), request.path(), request.rawQuery())));
        return true;
    }

    private Host otherHost(StreamContext context) throws IOException {
        try {
            var sr = stream.storage(context);
            if (sr == null || pool.storage().sees(host, sr)) {
                return null;
            }
            return pool.hosts().stream().filter(candidate -> pool.storage().sees(candidate, sr)).findFirst()
                    .orElseThrow(() -> new XapiFailure("SR_HAS_NO_PBDS", sr.ref()));
        } catch (XapiFailure failure) {
            pool.tasks().fail(context.task(), failure);
            throw new HttpException(failure.code().equals("VDI_MISSING") ? 400 : 500, failure.asText());
        }
    }
}
