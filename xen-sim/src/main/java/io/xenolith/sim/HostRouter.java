package io.xenolith.sim;

import io.xenolith.sim.call.Dispatcher;
import io.xenolith.sim.call.RpcEndpoint;
import io.xenolith.sim.http.Exchange;
import io.xenolith.sim.http.HttpException;
import io.xenolith.sim.http.HttpHandler;
import io.xenolith.sim.pool.Host;
import io.xenolith.sim.pool.Pool;
import io.xenolith.sim.stream.StreamPaths;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntSupplier;

/// Finds a host's handler for a request: the one with the longest path that the request's path begins with, among those of
/// its method.
final class HostRouter implements HttpHandler {
    private final Map<String, Map<String, HttpHandler>> byMethod = new HashMap<>();

    HostRouter(Pool pool, Dispatcher dispatcher, Host host, IntSupplier port) {
        var streams = new StreamPaths(pool, host, port);
        byMethod.put("GET", streams.downloads());
        byMethod.put("PUT", streams.uploads());
        byMethod.put("POST", Map.of("/", new RpcEndpoint(dispatcher, host)));
    }

    @Override
    public void handle(Exchange exchange) throws IOException, InterruptedException {
        var handlers = byMethod.get(exchange.request().method());
        if (handlers == null) {
            throw new HttpException(501, "no such method: " + exchange.request().method());
        }
        var path = handlers.keySet().stream().filter(exchange.request().path()::startsWith)
                .max(Comparator.comparing(String::length));
        if (path.isEmpty()) {
            throw new HttpException(403, "no handler for " + exchange.request().path());
        }
        handlers.get(path.get()).handle(exchange);
    }
}
