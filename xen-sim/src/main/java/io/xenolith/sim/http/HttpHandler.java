package io.xenolith.sim.http;

import java.io.IOException;

/// Answers requests; called by many threads at once.
public interface HttpHandler {
    /// @throws HttpException to refuse the request
    /// @throws IOException if the connection fails; it is closed then
    void handle(Exchange exchange) throws IOException, InterruptedException;
}
