package io.xenolith.source.xapi.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrustTest {
    @TempDir
    Path directory;

    /// Both ways to a host; neither may be laxer than the other.
    enum Way {
        CALL, STREAM;

        void reach(HostAddress host, KnownHosts hosts) throws IOException, InterruptedException {
            switch (this) {
                case CALL -> {
                    try (var post = new RpcPost(hosts, Timeouts.USUAL.connect())) {
                        post.send(host, "test", new byte[10], Duration.ofSeconds(10));
                    }
                }
                case STREAM -> {
                    try (var stream = StreamConnection.open(host, hosts, Timeouts.USUAL)) {
                        stream.get("/");
                        stream.answer();
                    }
                }
            }
        }
    }

    private static void anyAnswer(RawHost.Conversation conversation) throws IOException {
        conversation.body(conversation.head());
        conversation.answer("");
    }

    private static RawHost host(HostCertificate certificate) {
        return new RawHost("127.0.0.1", certificate, 0, TrustTest::anyAnswer);
    }

    @ParameterizedTest
    @EnumSource
    void aPinnedCertificateIsTrustedWhateverItsName(Way way) throws Exception {
        try (var host = host(HostCertificate.selfSigned("192.0.2.99"))) {
            way.reach(host.address(), new KnownHosts(host.pin()));
            assertEquals(1, host.heads().size());
        }
    }

    @ParameterizedTest
    @EnumSource
    void anotherCertificateIsRefusedWithItsFingerprintAndNothingIsSent(Way way) throws Exception {
        var pinned = HostCertificate.selfSigned("127.0.0.1").fingerprint();
        try (var host = host(HostCertificate.selfSigned("127.0.0.1"))) {
            var e = assertThrows(UntrustedCertificateException.class,
                    () -> way.reach(host.address(), new KnownHosts(Trust.pinned(pinned))));
            assertEquals(host.certificate().fingerprint(), e.fingerprint());
            assertTrue(e.getMessage().contains(e.fingerprint().toString()), e.getMessage());
            assertEquals(0, host.heads().size());
        }
    }

    @ParameterizedTest
    @EnumSource
    void anAuthorityVouchesForTheRightNameOnly(Way way) throws Exception {
        var authority = HostCertificate.selfSigned("192.0.2.1");
        var trust = Trust.authority(Files.writeString(directory.resolve("ca.pem"), authority.pem()));
        try (var right = host(authority.sign("127.0.0.1")); var wrong = host(authority.sign("192.0.2.99"));
                var stranger = host(HostCertificate.selfSigned("127.0.0.1"))) {
            way.reach(right.address(), new KnownHosts(trust));
            assertThrows(UntrustedCertificateException.class, () -> way.reach(wrong.address(), new KnownHosts(trust)));
            assertThrows(UntrustedCertificateException.class,
                    () -> way.reach(stranger.address(), new KnownHosts(trust)));
            assertEquals(0, wrong.heads().size() + stranger.heads().size());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHostsOwnCertificateInTheFileIsAPin(Way way) throws Exception {
        var own = HostCertificate.selfSigned("192.0.2.99");
        var other = HostCertificate.selfSigned("192.0.2.98");
        var trust = Trust.authority(Files.writeString(directory.resolve("hosts.pem"), other.pem() + own.pem()));
        try (var host = host(own)) {
            way.reach(host.address(), new KnownHosts(trust));
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatATrustedHostSaidHoldsForTheNamedHostOnly(Way way) throws Exception {
        try (var host = host(HostCertificate.selfSigned("192.0.2.99"))) {
            var hosts = new KnownHosts(Trust.pinned());
            hosts.learn("127.0.0.2", host.certificate().fingerprint());
            assertThrows(UntrustedCertificateException.class, () -> way.reach(host.address(), hosts));
            hosts.learn("127.0.0.1", host.certificate().fingerprint());
            way.reach(host.address(), hosts);
        }
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsCheckedForWhoSaysSo(Way way) throws Exception {
        try (var host = host(HostCertificate.selfSigned("192.0.2.99"))) {
            way.reach(host.address(), new KnownHosts(Trust.insecure()));
        }
    }

    @Test
    void theFingerprintForAFirstContactIsTheOneShown() throws Exception {
        try (var host = host(HostCertificate.selfSigned("192.0.2.99"))) {
            assertEquals(host.certificate().fingerprint(), Fingerprint.shownBy(host.address(), Timeouts.USUAL));
            assertEquals(0, host.heads().size());
        }
    }

    @Test
    void aFingerprintIsReadInTheFormsThatOtherToolsShow() throws Exception {
        var certificate = HostCertificate.selfSigned("127.0.0.1");
        var print = certificate.fingerprint();
        assertEquals(print, Fingerprint.parse(print.toString()));
        assertEquals(print, Fingerprint.parse(print.hex().toUpperCase(Locale.ROOT)));
        assertEquals(print, Fingerprint.ofPem(certificate.pem()));
        assertThrows(IllegalArgumentException.class, () -> Fingerprint.parse("AB:CD"));
    }

    @Test
    void aFileWithoutCertificatesIsNoAuthority() throws Exception {
        for (var content : new String[] {"", "hello"}) {
            var file = Files.writeString(directory.resolve("empty.pem"), content);
            assertThrows(IOException.class, () -> Trust.authority(file));
        }
    }

    @Test
    void aHostThatNeverShakesHandsIsGivenUp() throws Exception {
        try (var silent = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            var host = new HostAddress("127.0.0.1", silent.getLocalPort());
            var quick = Duration.ofMillis(200);
            var e = assertThrows(StalledException.class, () -> StreamConnection.open(host,
                    new KnownHosts(Trust.insecure()), new Timeouts(quick, quick, quick, quick, quick)));
            assertTrue(e.getMessage().contains(host.toString()), e.getMessage());
        }
    }
}
