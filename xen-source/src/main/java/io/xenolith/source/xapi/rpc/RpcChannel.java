package io.xenolith.source.xapi.rpc;

import io.xenolith.source.xapi.error.NotMasterException;
import io.xenolith.source.xapi.error.XapiException;
import io.xenolith.source.xapi.http.Fingerprint;
import io.xenolith.source.xapi.http.HostAddress;
import io.xenolith.source.xapi.http.KnownHosts;
import io.xenolith.source.xapi.http.RpcPost;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.xmlrpc.XmlRpcException;
import org.apache.xmlrpc.XmlRpcRequest;
import org.apache.xmlrpc.client.XmlRpcClient;
import org.apache.xmlrpc.client.XmlRpcClientConfigImpl;
import org.apache.xmlrpc.serializer.XmlRpcWriter;
import org.xml.sax.SAXException;

/// Remote calls to the hosts of one pool, without a session. Safe for use by several threads.
public final class RpcChannel implements AutoCloseable {
    // A member that names the coordinator is asked for the coordinator's certificate in the same breath.
    private static final String ASK_THUMBPRINT = "x-xenapi-request-host-certificate-thumbprint";
    private static final String THUMBPRINT = "x-xenapi-response-host-certificate-thumbprint";

    private final KnownHosts hosts;
    private final RpcPost post;
    private final XmlRpcClient client = new XmlRpcClient();
    private final RequestTypes types = new RequestTypes(client);

    public RpcChannel(KnownHosts hosts, Duration connect) {
        this.hosts = hosts;
        this.post = new RpcPost(hosts, connect);
        client.setXmlWriterFactory(RequestWriter.FACTORY);
        client.setTypeFactory(types);
        client.setTransportFactory(() -> this::send);
    }

    /// Calls a method and waits for its answer.
    ///
    /// @param timeout for the whole call
    /// @throws XapiException if the host refuses
    /// @throws IllegalArgumentException if an argument cannot be sent
    public Value call(HostAddress host, Duration timeout, String method, Object... arguments)
            throws IOException, InterruptedException {
        var plain = new ArrayList<>(arguments.length);
        for (var argument : arguments) {
            plain.add(plain(argument));
        }
        try {
            return new Value(client.execute(new CallConfig(host, timeout), method, plain), method);
        } catch (XmlRpcException e) {
            switch (e.getCause()) {
                case IOException failure -> throw failure;
                case InterruptedException interrupted -> throw interrupted;
                case SAXException unsendable -> throw new IllegalArgumentException(method + ": "
                        + unsendable.getMessage(), unsendable);
                case null, default -> throw new IOException(method + ": " + e.getMessage(), e);
            }
        }
    }

    private static Object plain(Object argument) {
        return switch (argument) {
            case WireText text -> text.onTheWire();
            case List<?> list -> list.stream().map(RpcChannel::plain).toList();
            case Map<?, ?> map -> {
                var plain = new LinkedHashMap<String, Object>();
                map.forEach((name, value) -> plain.put(name.toString(), plain(value)));
                yield plain;
            }
            default -> argument;
        };
    }

    private Object send(XmlRpcRequest request) throws XmlRpcException {
        var config = (CallConfig) request.getConfig();
        var body = new WipedBytes();
        try {
            new XmlRpcWriter(config, RequestWriter.FACTORY.getXmlWriter(config, body), types).write(request);
            return exchange(config, request.getMethodName(), body.toByteArray());
        } catch (IOException | InterruptedException | SAXException e) {
            throw new XmlRpcException(e.getMessage(), e);
        } finally {
            body.wipe();
        }
    }

    private Object exchange(CallConfig config, String method, byte[] body) throws IOException, InterruptedException {
        boolean login = method.startsWith("session.login");
        try {
            var answer = login ? post.send(config.host, method, body, config.timeout, ASK_THUMBPRINT, "sha-256:master")
                    : post.send(config.host, method, body, config.timeout);
            try {
                return result(method, XmlRpcReader.response(answer.body(), method));
            } catch (NotMasterException e) {
                answer.headers().firstValue(THUMBPRINT).ifPresent(print -> learn(e.master(), print));
                throw e;
            }
        } finally {
            Arrays.fill(body, (byte) 0);
        }
    }

    private void learn(String master, String thumbprint) {
        try {
            hosts.learn(HostAddress.parse(master).host(), Fingerprint.parse(thumbprint));
        } catch (IllegalArgumentException e) {
            // an older host's other form of it; what the user trusts still decides
        }
    }

    /// Every answer is a struct: `Status` with `Value`, or with `ErrorDescription`.
    private static Object result(String method, XmlRpcReader.Response response) throws IOException {
        var members = new Value(response.value(), method).members();
        if (response.fault()) {
            throw XapiException.of(method, List.of("Fault", required(members, "faultString", method).text()));
        }
        var status = required(members, "Status", method).text();
        return switch (status) {
            case "Success" -> required(members, "Value", method).plain();
            case "Failure" ->
                    throw XapiException.of(method, required(members, "ErrorDescription", method).texts());
            default -> throw new MalformedAnswerException(method, "neither success nor failure");
        };
    }

    private static Value required(Map<String, Value> members, String name, String method)
            throws MalformedAnswerException {
        var value = members.get(name);
        if (value == null) {
            throw new MalformedAnswerException(method, "no member '%s'".formatted(name));
        }
        return value;
    }

    @Override
    public void close() {
        post.close();
    }

    /// What one call needs beside its arguments; extensions stay off.
    private static final class CallConfig extends XmlRpcClientConfigImpl {
        private final transient HostAddress host;
        private final transient Duration timeout;

        CallConfig(HostAddress host, Duration timeout) {
            this.host = host;
            this.timeout = timeout;
            setEnabledForExtensions(false);
            setEnabledForExceptions(false);
            setEncoding(UTF8_ENCODING);
        }
    }

    /// A login's request holds the password.
    private static final class WipedBytes extends ByteArrayOutputStream {
        private static final int LOGIN_BYTES = 8 << 10; // large enough never to leave a smaller copy behind

        WipedBytes() {
            super(LOGIN_BYTES);
        }

        void wipe() {
            Arrays.fill(buf, (byte) 0);
        }
    }
}
