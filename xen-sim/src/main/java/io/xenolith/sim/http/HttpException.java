package io.xenolith.sim.http;

import java.io.IOException;

/// A request that ends with an error status and a page of HTML.
public final class HttpException extends IOException {
    private final int status;

    public HttpException(int status, String message) {
        super(message);
        this.status = status;
    }

    public int status() {
        return status;
    }
}
