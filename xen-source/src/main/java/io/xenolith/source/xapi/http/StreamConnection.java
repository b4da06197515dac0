package io.xenolith.source.xapi.http;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/// One export or import: one connection over TLS, one request, one answer. For one thread at a time, except for
/// [#close()], which any thread may call and which ends whatever waits; interrupting the thread that waits does too.
///
/// The end of an answer's body is the end of the connection, and proves nothing: a host that failed ends it as well,
/// and Java takes a missing farewell of TLS for one. Only the host's task knows whether that was all.
public final class StreamConnection implements Closeable {
    private static final int PIECE_BYTES = 64 << 10; // each must move within the stall time
    private static final int PAGE_BYTES = 64 << 10;

    private final HostAddress host;
    private final Timeouts timeouts;
    private final SocketChannel channel;
    private final SSLSocket socket;
    private final StallWatch watch;
    private final InputStream in;
    private final OutputStream out;
    private String what = "";

    private StreamConnection(HostAddress host, Timeouts timeouts, SocketChannel channel, SSLSocket socket,
            StallWatch watch) throws IOException {
        this.host = host;
        this.timeouts = timeouts;
        this.channel = channel;
        this.socket = socket;
        this.watch = watch;
        this.in = new BufferedInputStream(new Watched(socket.getInputStream()), PIECE_BYTES);
        this.out = socket.getOutputStream();
    }

    /// Connects, shakes hands and checks the certificate.
    ///
    /// @throws UntrustedCertificateException if the certificate is not the right one
    public static StreamConnection open(HostAddress host, KnownHosts hosts, Timeouts timeouts) throws IOException {
        var channel = SocketChannel.open();
        var watch = new StallWatch(channel, timeouts.connect());
        watch.begin();
        try {
            channel.connect(new InetSocketAddress(host.host(), host.port()));
            var socket = (SSLSocket) hosts.context().getSocketFactory()
                    .createSocket(channel.socket(), host.host(), host.port(), true);
            socket.setSSLParameters(named(socket.getSSLParameters()));
            socket.startHandshake();
            watch.end();
            return new StreamConnection(host, timeouts, channel, socket, new StallWatch(channel, timeouts.stall()));
        } catch (UnresolvedAddressException e) {
            channel.close();
            throw new UnknownHostException(host + ": no address is known for this name");
        } catch (IOException e) {
            channel.close();
            throw watch.stalled() ? new StalledException(host, timeouts.connect(), e)
                    : UntrustedCertificateException.among(e, host);
        } finally {
            watch.close();
        }
    }

    private static SSLParameters named(SSLParameters parameters) {
        parameters.setEndpointIdentificationAlgorithm("HTTPS"); // the authority's check of names asks for it
        return parameters;
    }

    /// Asks for an export.
    ///
    /// @param target path and query, encoded
    public void get(String target) throws IOException {
        send("GET", target, -1);
    }

    /// Announces an import.
    ///
    /// @param length of the body in bytes; negative if unknown, and then the end of the body is the end of the sending
    ///     side
    public void put(String target, long length) throws IOException {
        send("PUT", target, length);
    }

    private void send(String method, String target, long length) throws IOException {
        what = method + " " + RequestHead.path(target);
        var head = RequestHead.encode(method, target, host, length);
        write(head, 0, head.length);
    }

    /// Waits for the head of the answer.
    public ResponseHead answer() throws IOException {
        return ResponseHead.read(in);
    }

    /// Waits for the head of the answer as long as a host may take that answers uploads before it reads them.
    public Optional<ResponseHead> goAhead() throws IOException {
        socket.setSoTimeout((int) Math.max(1, timeouts.goAhead().toMillis()));
        try {
            in.mark(1);
            in.read();
            in.reset();
        } catch (SocketTimeoutException e) {
            return Optional.empty();
        } finally {
            socket.setSoTimeout(0);
        }
        return Optional.of(answer());
    }

    /// The body of the answer. Belongs to this connection.
    public InputStream body() {
        return in;
    }

    /// What the refusal that `head` begins means; reads its page.
    public IOException refusal(ResponseHead head) {
        String page;
        try {
            page = new String(in.readNBytes(PAGE_BYTES), StandardCharsets.UTF_8);
        } catch (IOException e) {
            page = ""; // the status says enough
        }
        return HttpStatusException.of(what, host, head.status(), page);
    }

    /// Sends a piece of the body and waits for room as long as the host takes what went before.
    public void write(byte[] bytes, int offset, int length) throws IOException {
        for (int at = offset; at < offset + length; at += PIECE_BYTES) {
            int piece = Math.min(PIECE_BYTES, offset + length - at);
            watch.begin();
            try {
                out.write(bytes, at, piece);
            } catch (IOException e) {
                throw explained(e);
            } finally {
                watch.end();
            }
        }
    }

    /// Tells the host that the body ends here, where no length told it.
    public void endBody() throws IOException {
        socket.shutdownOutput();
    }

    private IOException explained(IOException e) {
        if (watch.stalled()) {
            return new StalledException(host, timeouts.stall(), e);
        }
        if (Thread.currentThread().isInterrupted()) {
            var interrupted = new InterruptedIOException(what + ": interrupted");
            interrupted.initCause(e);
            return interrupted;
        }
        return new IOException("%s: the connection to %s broke: %s".formatted(what, host, e.getMessage()), e);
    }

    /// Closes hard, since saying farewell could wait for a host that does not read.
    @Override
    public void close() throws IOException {
        watch.close();
        channel.close();
    }

    /// Reads under the watch.
    private final class Watched extends InputStream {
        private final InputStream plain;

        Watched(InputStream plain) {
            this.plain = plain;
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            watch.begin();
            try {
                return plain.read(bytes, offset, length);
            } catch (SocketTimeoutException e) {
                throw e;
            } catch (IOException e) {
                throw explained(e);
            } finally {
                watch.end();
            }
        }
    }
}
