package io.xenolith.source.xapi.http;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// A host that sends exactly the bytes a test tells it to, over TLS. Each connection is served by the test's script, in
/// a thread of its own.
public final class RawHost implements Closeable {
    private static final Pattern LENGTH = Pattern.compile("(?i)content-length: *(\\d+)");

    private final HostCertificate certificate;
    private final SSLContext context;
    private final ServerSocket server;
    private final Script script;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final Queue<String> heads = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

    /// What the host does with a connection; when it returns, the connection is closed.
    public interface Script {
        void serve(Conversation conversation) throws Exception;
    }

    /// One connection.
    public final class Conversation {
        private final InputStream in;
        private final OutputStream out;

        private Conversation(SSLSocket socket) throws IOException {
            in = new BufferedInputStream(socket.getInputStream());
            out = socket.getOutputStream();
        }

        /// Reads a request's head, with the empty line that ends it.
        public String head() throws IOException {
            var head = new StringBuilder();
            while (!head.toString().endsWith("\r\n\r\n")) {
                int next = in.read();
                if (next < 0) {
                    throw new IOException("the client left");
                }
                head.append((char) next);
            }
            heads.add(head.toString());
            return head.toString();
        }

        /// Reads the body that `head` announces.
        public byte[] body(String head) throws IOException {
            var match = LENGTH.matcher(head);
            return match.find() ? in.readNBytes(Integer.parseInt(match.group(1))) : new byte[0];
        }

        public InputStream in() {
            return in;
        }

        public void send(String text) throws IOException {
            send(text.getBytes(StandardCharsets.UTF_8));
        }

        public void send(byte[] bytes) throws IOException {
            out.write(bytes);
            out.flush();
        }

        /// Sends an answer to a call, after which the connection may be used again.
        public void answer(String xml) throws IOException {
            var body = xml.getBytes(StandardCharsets.UTF_8);
            send("HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: " + body.length + "\r\n\r\n");
            send(body);
        }
    }

    public RawHost(Script script) {
        this("127.0.0.1", HostCertificate.selfSigned("127.0.0.1"), 0, script);
    }

    public RawHost(String address, HostCertificate certificate, int port, Script script) {
        this.certificate = certificate;
        this.script = script;
        try {
            context = certificate.context();
            server = new ServerSocket(port, 50, InetAddress.getByName(address));
        } catch (Exception e) {
            throw new AssertionError("cannot listen", e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    private void accept() {
        while (true) {
            try {
                var socket = server.accept();
                open.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket beneath) {
        try (beneath; var socket = (SSLSocket) context.getSocketFactory()
                .createSocket(beneath, null, beneath.getPort(), false)) {
            socket.setUseClientMode(false);
            script.serve(new Conversation(socket));
        } catch (IOException e) {
            // the client left, which is its right
        } catch (Throwable e) {
            failures.add(e);
        }
    }

    public HostAddress address() {
        return new HostAddress(server.getInetAddress().getHostAddress(), server.getLocalPort());
    }

    public HostCertificate certificate() {
        return certificate;
    }

    public Trust pin() {
        return Trust.pinned(certificate.fingerprint());
    }

    /// Heads of the requests so far.
    public List<String> heads() {
        return List.copyOf(heads);
    }

    /// Fails if a script did.
    @Override
    public void close() throws IOException {
        server.close();
        for (var socket : open) {
            socket.close();
        }
        if (!failures.isEmpty()) {
            throw new AssertionError("the host's script failed", failures.peek());
        }
    }
}
