package io.xenolith.sim.call;

import io.xenolith.sim.http.Exchange;
import io.xenolith.sim.http.HttpException;
import io.xenolith.sim.http.HttpHandler;
import io.xenolith.sim.pool.Host;
import io.xenolith.sim.rpc.JsonRpc;
import io.xenolith.sim.rpc.MalformedRequestException;
import io.xenolith.sim.rpc.RpcRequest;
import io.xenolith.sim.rpc.XapiFailure;
import io.xenolith.sim.rpc.XmlRpc;
import java.io.IOException;

/// Calls by POST: JSON-RPC at `/jsonrpc`, XML-RPC everywhere else. The body needs a `Content-Length`, and 300 KiB is the
/// most; what breaks these rules gets status 500 and a page of HTML.
public final class RpcEndpoint implements HttpHandler {
    private static final int MOST_BYTES = 300 << 10;

    private final Dispatcher dispatcher;
    private final Host host;

    public RpcEndpoint(Dispatcher dispatcher, Host host) {
        this.dispatcher = dispatcher;
        this.host = host;
    }

    @Override
    public void handle(Exchange exchange) throws IOException, InterruptedException {
        var body = body(exchange);
        try {
            if (exchange.request().path().startsWith("/jsonrpc")) {
                answerJson(exchange, JsonRpc.decode(body));
            } else {
                answerXml(exchange, XmlRpc.decodeCall(body));
            }
        } catch (MalformedRequestException e) {
            throw new HttpException(500, "INTERNAL_ERROR: [ " + e.getMessage() + " ]");
        }
    }

    private static byte[] body(Exchange exchange) throws IOException {
        long length = exchange.request().contentLength();
        if (exchange.request().transferEncoded() || length < 0 || length > MOST_BYTES) {
            throw new HttpException(500, "a call needs a Content-Length of at most " + MOST_BYTES + " bytes");
        }
        var body = exchange.input().readNBytes((int) length);
        if (body.length < length) {
            throw new IOException("the call ends after %d of %d bytes".formatted(body.length, length));
        }
        return body;
    }

    private void answerXml(Exchange exchange, RpcRequest request) throws IOException, InterruptedException {
        byte[] answer;
        try {
            answer = XmlRpc.success(dispatch(request));
        } catch (XapiFailure failure) {
            answer = XmlRpc.failure(failure);
        }
        exchange.answer(200, "text/xml", answer);
    }

    private void answerJson(Exchange exchange, JsonRpc.Call call) throws IOException, InterruptedException {
        byte[] answer;
        try {
            answer = call.success(dispatch(call.request()));
        } catch (XapiFailure failure) {
            answer = call.failure(failure);
        }
        exchange.answer(200, "application/json", answer);
    }

    private Object dispatch(RpcRequest request) throws InterruptedException {
        try {
            return dispatcher.dispatch(host, request);
        } catch (XapiFailure failure) {
            throw failure;
        } catch (RuntimeException e) {
            throw new XapiFailure("INTERNAL_ERROR", e.toString());
        }
    }
}
