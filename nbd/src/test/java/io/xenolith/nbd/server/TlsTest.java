package io.xenolith.nbd.server;

import io.netty.buffer.Unpooled;
import io.xenolith.nbd.protocol.ExportName;
import io.xenolith.nbd.protocol.OptionError;
import io.xenolith.nbd.protocol.OptionReply;
import io.xenolith.nbd.protocol.OptionRequest;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static io.xenolith.nbd.server.MemoryDisk.NAME;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/// TLS, seen by other clients and by those who stand between.
class TlsTest {
    private static final ExportName DISK = new ExportName(NAME);
    private static final OptionReply ACK = new OptionReply.Ack();

    @TempDir
    static Path directory;
    private static Certificates certificates;
    private static Certificates nameless;

    private final MemoryDisk disk = MemoryDisk.random(8 << 20, new Random(6));

    @BeforeAll
    static void makeCertificates() throws Exception {
        certificates = Certificates.make(directory.resolve("pki"));
        nameless = certificates.withoutClient(directory.resolve("nameless"));
    }

    @AfterEach
    void noExportIsLeftOpen() {
        assertEquals(0, disk.open.get(), "exports left open");
    }

    private NbdServer start(ServerTls tls) throws IOException {
        return NbdServer.start(NbdServerOptions.loopback(0).withTls(tls), disk);
    }

    private static ServerTls required() {
        return ServerTls.required(certificates.serverCertificate(), certificates.serverKey());
    }

    private static ServerTls allowed() {
        return ServerTls.allowed(certificates.serverCertificate(), certificates.serverKey());
    }

    private static String uri(String scheme, NbdServer server, Certificates used) {
        return scheme + "://localhost:" + port(server) + "/vm/disk%201?tls-certificates=" + used.directory();
    }

    private static int port(NbdServer server) {
        return ((InetSocketAddress) server.address()).getPort();
    }

    @Test
    void libnbdAndQemuReadThroughTls() throws Exception {
        try (var server = start(required())) {
            assertArrayEquals(disk.bytes(), Program.run("nbdcopy", uri("nbds", server, nameless), "-").out());
            var info = Program.output("qemu-img", "info", "--object",
                    "tls-creds-x509,id=c0,endpoint=client,dir=" + certificates.directory(), "--image-opts",
                    "driver=raw,file.driver=nbd,file.host=localhost,file.port=" + port(server) + ",file.export=" + NAME
                            + ",file.tls-creds=c0");
            assertTrue(info.contains("virtual size: 8 MiB"), info);
            assertNotEquals(0, Program.run("nbdinfo", "--size", "nbd://127.0.0.1:" + port(server) + "/vm/disk%201?tls-type=off").exit());
        }
    }

    @Test
    void bothVersionsOfTlsAreSpokenAndNoneOlder() throws Exception {
        try (var server = start(required())) {
            assertEquals("TLSv1.3", versionWith(server, "TLSv1.3", "TLSv1.2"));
            assertEquals("TLSv1.2", versionWith(server, "TLSv1.2"));
            assertThrows(IOException.class, () -> versionWith(server, "TLSv1.1"));
        }
    }

    private static String versionWith(NbdServer server, String... versions) throws Exception {
        try (var client = RawClient.greeted(server)) {
            assertEquals(List.of(ACK), client.ask(new OptionRequest.StartTls()));
            var tls = secure(client);
            tls.setEnabledProtocols(versions);
            tls.startHandshake();
            return tls.getSession().getProtocol();
        }
    }

    private static SSLSocket secure(RawClient client) throws Exception {
        var store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (var in = Files.newInputStream(certificates.authorities())) {
            store.setCertificateEntry("ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        var context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return (SSLSocket) context.getSocketFactory().createSocket(client.socket, "localhost", 0, false);
    }

    @Test
    void clientsWithoutACertificateAreTurnedAwayWhereOneIsAskedFor() throws Exception {
        try (var server = start(required().withClientAuthorities(certificates.authorities()))) {
            assertEquals(Integer.toString(8 << 20),
                    Program.output("nbdinfo", "--size", uri("nbds", server, certificates)).strip());
            assertNotEquals(0, Program.run("nbdinfo", "--size", uri("nbds", server, nameless)).exit());
        }
    }

    @Test
    void withoutTlsNothingIsOpenedOrListedWhereItIsRequired() throws Exception {
        try (var server = start(required()); var client = RawClient.greeted(server)) {
            for (var option : List.of(new OptionRequest.ListExports(), new OptionRequest.StructuredReply(),
                    new OptionRequest.Go(DISK, List.of()), new OptionRequest.ListContexts(DISK, List.of()))) {
                var refusal = (OptionReply.Refusal) client.ask(option).getFirst();
                assertEquals(OptionError.TLS_REQUIRED, refusal.error(), option::toString);
            }
            assertEquals(0, disk.mostOpen.get());
            client.send(new OptionRequest.Export(DISK)::encode);
            assertTrue(client.isCut());
        }
    }

    @Test
    void aServerThatAllowsTlsServesBoth() throws Exception {
        try (var server = start(allowed())) {
            assertArrayEquals(disk.bytes(), Program.run("nbdcopy", uri("nbds", server, nameless), "-").out());
            assertArrayEquals(disk.bytes(), Program.run("nbdcopy", uri("nbd", server, nameless) + "&tls-type=off", "-").out());
        }
    }

    /// A STRUCTURED_REPLY slipped in before TLS must not survive it: the real client would not understand the answers.
    @Test
    void whatWasAgreedOnInClearIsForgotten() throws Exception {
        try (var server = start(allowed()); var client = RawClient.greeted(server)) {
            client.ask(new OptionRequest.StructuredReply());
            client.ask(new OptionRequest.SetContexts(DISK, List.of(Export.ALLOCATION)));
            assertEquals(1, disk.open.get());
            client.ask(new OptionRequest.StartTls());
            assertEquals(0, disk.open.get());
            try (var tls = secure(client)) {
                var out = Unpooled.buffer();
                new OptionRequest.SetContexts(DISK, List.of(Export.ALLOCATION)).encode(out);
                tls.getOutputStream().write(out.array(), 0, out.readableBytes());
                var reply = tls.getInputStream().readNBytes(16);
                assertEquals(OptionError.INVALID.code(), ByteBuffer.wrap(reply).getInt(12));
            }
        }
    }

    @Test
    void bytesInClearBehindStartTlsEndTheConnection() throws Exception {
        try (var server = start(required())) {
            try (var client = RawClient.greeted(server)) {
                client.send(out -> {
                    new OptionRequest.StartTls().encode(out);
                    new OptionRequest.StructuredReply().encode(out);
                });
                assertTrue(client.isCut());
            }
            try (var client = RawClient.greeted(server)) { // too late to be seen before the switch: TLS makes no sense of it
                client.ask(new OptionRequest.StartTls());
                client.send(new OptionRequest.StructuredReply()::encode);
                client.skipToEnd();
            }
        }
    }

    @Test
    void aKeyThatIsNoneIsToldAtTheStart() throws Exception {
        var bad = Files.writeString(directory.resolve("bad.pem"), "no key");
        var e = assertThrows(IOException.class, () -> start(ServerTls.required(certificates.serverCertificate(), bad)));
        assertTrue(e.getMessage().contains("bad.pem") && e.getMessage().contains("PKCS#8"), e.getMessage());
    }
}
