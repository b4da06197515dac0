package io.xenolith.nbd.client;

import io.xenolith.nbd.client.ScriptedServer.Talk;
import io.xenolith.nbd.protocol.ClientFlags;
import io.xenolith.nbd.protocol.Command;
import io.xenolith.nbd.protocol.ExportName;
import io.xenolith.nbd.protocol.ExportNameReply;
import io.xenolith.nbd.protocol.Greeting;
import io.xenolith.nbd.protocol.NbdError;
import io.xenolith.nbd.protocol.OptionError;
import io.xenolith.nbd.protocol.OptionReply;
import io.xenolith.nbd.protocol.OptionRequest;
import io.xenolith.nbd.protocol.Request;
import io.xenolith.nbd.protocol.SimpleReply;
import io.xenolith.nbd.protocol.TransmissionFlags;
import java.io.IOException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// Behaves as the server in XenServer's control domain does: opens exports by name only, needs a session in the name, works
/// on one request at a time, sends a reply's header before it reads the disk, hangs up on any error, admits 16
/// connections, and detaches the disk before it hangs up after a goodbye.
final class XenServerNbd implements AutoCloseable {
    static final String SESSION = "OpaqueRef:5e551077-secret";
    static final long SIZE = (5 << 20) + 512;

    private static final int SLOTS = 16;
    private static final int PIECE_BYTES = 512 << 10;
    private static final int SECTOR = 512;

    /// What a test may set before it connects.
    volatile long plugMillis;
    volatile long unplugMillis;
    volatile long badSector = Long.MAX_VALUE;

    /// Numbers of the options that were sent inside TLS, or on an insecure network.
    final List<Integer> options = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger slots = new AtomicInteger();
    private final AtomicInteger attached = new AtomicInteger();
    private final AtomicInteger mostAttached = new AtomicInteger();
    private final SSLContext tls;
    private final ScriptedServer server;

    /// @param identity the host's certificate, or null for a network that is not secure
    XenServerNbd(Pki.Identity identity) throws Exception {
        tls = identity == null ? null : context(identity);
        server = new ScriptedServer(this::serve);
    }

    private static SSLContext context(Pki.Identity identity) throws Exception {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("host", identity.keys().getPrivate(), new char[0], new X509Certificate[] {identity.certificate()});
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, new char[0]);
        var context = SSLContext.getInstance("TLSv1.2");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    NbdAddress address(String session) {
        var plain = (NbdAddress.Endpoint.Tcp) server.address().endpoint();
        return NbdAddress.tcp(plain.host(), plain.port(), new ExportName("/7b0c-vdi?session_id=" + session), tls != null);
    }

    /// How many connections have the disk attached.
    int attached() {
        return attached.get();
    }

    int mostAttached() {
        return mostAttached.get();
    }

    private void serve(Talk talk) throws Exception {
        try {
            if (slots.incrementAndGet() > SLOTS) {
                return;
            }
            talk.sendBytes("NBDMAGICIHAVEOPT".getBytes());
            Thread.sleep(2);
            talk.sendBytes((byte) 0, (byte) 1);
            if (!ClientFlags.decode(talk.receive(4), new Greeting(1)).fixed()) {
                return;
            }
            var secured = tls == null ? talk : startTls(talk);
            if (secured != null) {
                negotiate(secured);
            }
        } finally {
            slots.decrementAndGet();
        }
    }

    private Talk startTls(Talk talk) throws IOException {
        while (true) {
            var option = talk.option();
            switch (option) {
                case OptionRequest.StartTls _ -> {
                    talk.answer(option, new OptionReply.Ack());
                    return secure(talk);
                }
                case OptionRequest.Export _, OptionRequest.Abort _ -> {
                    return null;
                }
                default -> talk.answer(option, new OptionReply.Refusal(OptionError.TLS_REQUIRED, ""));
            }
        }
    }

    private Talk secure(Talk talk) throws IOException {
        var socket = (SSLSocket) tls.getSocketFactory().createSocket(talk.socket, null, talk.socket.getPort(), true);
        socket.setUseClientMode(false);
        socket.setEnabledProtocols(new String[] {"TLSv1.2"});
        socket.setEnabledCipherSuites(new String[] {"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"});
        return new Talk(socket, talk.number);
    }

    private void negotiate(Talk talk) throws Exception {
        while (true) {
            var option = talk.option();
            options.add(option.number());
            switch (option) {
                case OptionRequest.Export(var name) -> {
                    if (name.value().endsWith("?session_id=" + SESSION)) {
                        transmit(talk);
                    }
                    talk.socket.close();
                    return;
                }
                case OptionRequest.Abort _ -> {
                    talk.answer(option, new OptionReply.Ack());
                    return;
                }
                case OptionRequest.ListExports _ -> talk.answer(option, new OptionReply.Refusal(OptionError.POLICY, ""));
                case OptionRequest.StartTls _ -> talk.answer(option, new OptionReply.Refusal(
                        tls == null ? OptionError.POLICY : OptionError.INVALID, ""));
                default -> talk.refuse(option);
            }
        }
    }

    private void transmit(Talk talk) throws Exception {
        mostAttached.accumulateAndGet(attached.incrementAndGet(), Math::max);
        try {
            Thread.sleep(plugMillis);
            talk.send(out -> new ExportNameReply(SIZE, new TransmissionFlags(3)).encode(out, false));
            while (serve(talk, talk.request())) { }
        } finally {
            Thread.sleep(unplugMillis);
            attached.decrementAndGet();
        }
    }

    /// False if the connection is over.
    private boolean serve(Talk talk, Request request) throws IOException {
        if (request.command() == Command.DISCONNECT && request.flags() == 0) {
            return false;
        }
        boolean aligned = request.offset() % SECTOR == 0 && request.length() % SECTOR == 0;
        if (request.command() != Command.READ || request.flags() != 0 || !aligned) {
            talk.send(new SimpleReply(NbdError.INVALID.code(), request.cookie())::encode);
            return false;
        }
        talk.send(new SimpleReply(0, request.cookie())::encode);
        long end = request.offset() + request.length();
        for (long at = request.offset(); at < end; at += PIECE_BYTES) {
            int piece = (int) Math.min(PIECE_BYTES, end - at);
            if (at + piece > SIZE || at <= badSector && badSector < at + piece) {
                return false;
            }
            talk.sendBytes(Talk.bytes(at, piece));
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
