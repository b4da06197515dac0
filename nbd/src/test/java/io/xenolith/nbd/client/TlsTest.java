package io.xenolith.nbd.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.nbd.protocol.OptionError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// TLS with nbdkit and qemu-nbd, which use GnuTLS.
class TlsTest {
    @TempDir
    static Path pki;
    static Pki.Identity authority;
    static Pki.Identity server;

    @TempDir
    Path directory;

    @BeforeAll
    static void issue() throws Exception {
        authority = Pki.authority("Test CA");
        server = Pki.leaf("localhost", authority);
        Pki.write(pki, authority, server);
    }

    private static NbdClientOptions trusting(NbdTls tls) {
        return RealPeersTest.OPTIONS.withTls(tls);
    }

    private static NbdTls trustingCa() {
        return NbdTls.authorities(pki.resolve("ca-cert.pem"));
    }

    private Peer nbdkit(String... more) throws Exception {
        var arguments = new ArrayList<>(List.of("--tls=require", "--tls-certificates=" + pki));
        arguments.addAll(List.of(more));
        arguments.addAll(List.of("pattern", "4M"));
        return Peer.nbdkit(directory, arguments.toArray(String[]::new));
    }

    private void assertReads(NbdTls tls) throws IOException {
        try (var client = NbdClient.open(Peer.unixTls(directory, ""), trusting(tls).withConnections(2))) {
            RealPeersTest.assertPattern(client, 1, 3 << 20);
        }
    }

    private NbdTlsException assertRefuses(NbdTls tls) {
        return assertThrows(NbdTlsException.class, () -> NbdClient.open(Peer.unixTls(directory, ""), trusting(tls)));
    }

    @Test
    void aServerWithACertificateOfATrustedAuthorityIsRead() throws Exception {
        try (var _ = nbdkit()) {
            assertReads(trustingCa());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"NORMAL:-VERS-ALL:+VERS-TLS1.2", "NORMAL:-VERS-ALL:+VERS-TLS1.3"})
    void bothVersionsOfTlsWork(String priority) throws Exception {
        int port = Peer.freePort();
        try (var _ = Peer.qemuTcp(directory, port, "-f", "raw", "-r", "-e", "0",
                "--object", "tls-creds-x509,id=t,endpoint=server,verify-peer=off,priority=%s,dir=%s".formatted(priority, pki),
                "--tls-creds", "t", Files.write(directory.resolve("disk"), RealPeersTest.pattern(2 << 20)).toString());
                var client = NbdClient.open(NbdAddress.parse("nbds://localhost:" + port), trusting(trustingCa()))) {
            RealPeersTest.assertPattern(client, 511, 1 << 20);
        }
    }

    @Test
    void aServerOfAnotherAuthorityIsRefused() throws Exception {
        var stranger = Files.writeString(directory.resolve("ca.pem"), Pki.authority("Stranger").pem());
        try (var _ = nbdkit()) {
            assertRefuses(NbdTls.authorities(stranger));
            assertRefuses(NbdTls.platform());
        }
    }

    @Test
    void aServerOfAnotherNameIsRefused() throws Exception {
        try (var _ = nbdkit()) {
            var other = new NbdAddress(new NbdAddress.Endpoint.Unix(Peer.socket(directory)), Peer.unix(directory, "").export(),
                    true, "other.lab");
            var e = assertThrows(NbdTlsException.class, () -> NbdClient.open(other, trusting(trustingCa())));
            assertTrue(e.getMessage().contains("other.lab"), e.getMessage());
        }
    }

    @Test
    void aPinnedCertificateIsTheOnlyOneThatWillDo() throws Exception {
        try (var _ = nbdkit()) {
            assertReads(NbdTls.pinned(server.pem(), "localhost"));
            assertRefuses(NbdTls.pinned(Pki.leaf("localhost", authority).pem(), "localhost"));
            assertRefuses(NbdTls.pinned(authority.pem(), "localhost"));
            assertRefuses(NbdTls.pinned(server.pem(), "xen01.lab"));
            assertReads(new NbdTls(new NbdTls.Trust.Pinned(server.pem(), "xen01.lab", true), null));
            assertThrows(NbdTlsException.class, () -> NbdClient.open(Peer.unixTls(directory, ""),
                    trusting(NbdTls.pinned("not a certificate", "x"))));
        }
    }

    @Test
    void aPinnedCertificateThatHasExpiredIsRefused() throws Exception {
        var expired = Pki.selfSigned("localhost", Duration.ofDays(-1));
        Pki.write(directory.resolve("pki"), authority, expired);
        try (var _ = Peer.nbdkit(directory, "--tls=require", "--tls-certificates=" + directory.resolve("pki"), "pattern", "4M")) {
            var e = assertRefuses(NbdTls.pinned(expired.pem(), "localhost"));
            assertTrue(e.getMessage().contains("NotAfter"), e.getMessage());
        }
    }

    @Test
    void aServerMayAskForTheClientsCertificate() throws Exception {
        var client = Pki.leaf("client", authority);
        var certificate = Files.writeString(directory.resolve("c.pem"), client.pem());
        var key = Files.writeString(directory.resolve("k.pem"), client.keyPem());
        try (var _ = nbdkit("--tls-verify-peer")) {
            assertReads(trustingCa().withIdentity(certificate, key));
            assertThrows(NbdException.class, () -> assertReads(trustingCa()));
            assertRefuses(trustingCa().withIdentity(certificate, certificate));
        }
    }

    @Test
    void aServerThatWantsTlsIsToldFromOneThatHasNone() throws Exception {
        try (var _ = nbdkit()) {
            var e = assertThrows(NbdRefusedException.class,
                    () -> NbdClient.open(Peer.unix(directory, ""), RealPeersTest.OPTIONS));
            assertEquals(OptionError.TLS_REQUIRED, e.error());
            assertTrue(e.getMessage().contains("nbds:"), e.getMessage());
        }
        try (var _ = Peer.nbdkit(directory, "--tls=off", "pattern", "4M")) {
            var e = assertRefuses(trustingCa());
            assertTrue(e.getMessage().contains("nothing was sent in the clear"), e.getMessage());
        }
        try (var _ = Peer.nbdkit(directory, "--mask-handshake=0", "pattern", "4M")) {
            assertRefuses(trustingCa());
        }
    }
}
