package io.xenolith.source.xapi.http;

import java.io.IOException;

/// A request that hosts refuse for its size. It was not sent.
public final class RequestTooLargeException extends IOException {

    public RequestTooLargeException(String what, long bytes, long limit, String nextStep) {
        super("%s takes %d bytes, hosts accept %d; %s".formatted(what, bytes, limit, nextStep));
    }
}
