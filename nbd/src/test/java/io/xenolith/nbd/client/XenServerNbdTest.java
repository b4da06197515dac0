package io.xenolith.nbd.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.nbd.protocol.OptionError;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The client and the habits of XenServer's server.
@Timeout(30)
class XenServerNbdTest {
    static Pki.Identity host;

    @BeforeAll
    static void issue() throws Exception {
        host = Pki.selfSigned("xen01.lab", Duration.ofDays(30));
    }

    private static NbdClientOptions options() throws Exception {
        return RealPeersTest.OPTIONS.withTls(NbdTls.pinned(host.pem(), "xen01.lab"));
    }

    @Test
    void aDiskIsReadOverTlsWithOrWithoutKnowingTheServer() throws Exception {
        try (var server = new XenServerNbd(host)) {
            server.plugMillis = 50;
            try (var client = NbdClient.open(server.address(XenServerNbd.SESSION), options())) {
                RealPeersTest.assertPattern(client, 0, 3 << 20);
                assertEquals(XenServerNbd.SIZE, client.export().size());
                assertEquals(Set.of(), client.export().contexts());
            }
            assertEquals(List.of(11, 8, 7, 1), server.options);
            server.options.clear();
            try (var client = NbdClient.open(server.address(XenServerNbd.SESSION), options().withExportNameOnly())) {
                RealPeersTest.assertPattern(client, 1, 700);
                RealPeersTest.assertPattern(client, XenServerNbd.SIZE - 3, 3);
            }
            assertEquals(List.of(1), server.options);
        }
    }

    @Test
    void anInsecureNetworkIsReadIfTheCallerSaysSo() throws Exception {
        try (var server = new XenServerNbd(null);
                var client = NbdClient.open(server.address(XenServerNbd.SESSION), options().withConnections(2))) {
            RealPeersTest.assertPattern(client, 100, 4 << 20);
        }
    }

    @Test
    void anotherHostsCertificateIsRefused() throws Exception {
        var other = Pki.selfSigned("xen01.lab", Duration.ofDays(30));
        try (var server = new XenServerNbd(host)) {
            assertThrows(NbdTlsException.class, () -> NbdClient.open(server.address(XenServerNbd.SESSION),
                    options().withTls(NbdTls.pinned(other.pem(), "xen01.lab"))));
            assertEquals(List.of(), server.options);
        }
    }

    @Test
    void aSessionThatIsNotValidIsAHangUpThatIsNotPrinted() throws Exception {
        try (var server = new XenServerNbd(host)) {
            var e = assertThrows(NbdConnectionException.class, () -> NbdClient.open(server.address("OpaqueRef:other-secret"),
                    options().withRetries(NbdRetries.NONE)));
            assertTrue(e.getMessage().contains("instead of opening the export"), e.getMessage());
            assertFalse(e.getMessage().contains("secret"), e.getMessage());
        }
    }

    @Test
    void aListIsRefusedByPolicy() throws Exception {
        try (var server = new XenServerNbd(host)) {
            var e = assertThrows(NbdRefusedException.class,
                    () -> NbdClient.list(server.address(XenServerNbd.SESSION), options()));
            assertEquals(OptionError.POLICY, e.error());
        }
    }

    @Test
    void aBadSectorFailsItsReadAndNoOther() throws Exception {
        try (var server = new XenServerNbd(host)) {
            server.badSector = 3 << 20;
            try (var client = NbdClient.open(server.address(XenServerNbd.SESSION), options().withConnections(2))) {
                var e = assertThrows(NbdRequestException.class, () -> client.read((3 << 20) - 10, ByteBuffer.allocate(20)));
                assertTrue(e.getMessage().contains("in the middle of a reply, after 5 attempts"), e.getMessage());
                RealPeersTest.assertPattern(client, 1 << 20, 1 << 20);
            }
        }
    }

    @Test
    void closingReturnsWhenTheDiskIsDetached() throws Exception {
        try (var server = new XenServerNbd(host)) {
            server.unplugMillis = 100;
            try (var client = NbdClient.open(server.address(XenServerNbd.SESSION), options().withConnections(3))) {
                RealPeersTest.assertPattern(client, 0, 5 << 20);
                assertTrue(server.attached() > 0);
            }
            assertEquals(0, server.attached());
        }
    }

    @Test
    void connectionsBeyondThoseOfTheHostAreWaitedFor() throws Exception {
        try (var server = new XenServerNbd(null);
                var first = NbdClient.open(server.address(XenServerNbd.SESSION), options().withConnections(12));
                var second = NbdClient.open(server.address(XenServerNbd.SESSION), options().withConnections(12))) {
            var reading = RealPeersTest.begin(() -> RealPeersTest.assertPattern(first, 0, (int) XenServerNbd.SIZE));
            RealPeersTest.assertPattern(second, 0, (int) XenServerNbd.SIZE);
            reading.get();
            assertTrue(server.mostAttached() <= 16);
        }
    }

    @Test
    void clientsThatSharePermitsNeverHaveMoreConnections() throws Exception {
        var permits = new Semaphore(3);
        try (var server = new XenServerNbd(null)) {
            try (var first = NbdClient.open(server.address(XenServerNbd.SESSION), options().withConnections(4).withPermits(permits));
                    var second = NbdClient.open(server.address(XenServerNbd.SESSION), options().withConnections(4).withPermits(permits))) {
                var reading = RealPeersTest.begin(() -> RealPeersTest.assertPattern(first, 0, (int) XenServerNbd.SIZE));
                RealPeersTest.assertPattern(second, 0, (int) XenServerNbd.SIZE);
                reading.get();
            }
            assertTrue(server.mostAttached() <= 3, "" + server.mostAttached());
            assertEquals(3, permits.availablePermits());
        }
    }
}
