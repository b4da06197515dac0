package io.xenolith.source.xapi.http;

import java.io.IOException;
import java.net.SocketException;
import java.security.cert.X509Certificate;

/// For hosts that nobody knows yet: show their certificate to a person, keep what they confirm, and use
/// [Trust#pinned(Fingerprint...)] from then on.
public final class FirstContact {

    private FirstContact() {
    }

    /// Asks a host for its certificate and sends nothing else.
    public static X509Certificate certificateOf(HostAddress host, Timeouts timeouts) throws IOException {
        var nobody = new KnownHosts(Trust.pinned());
        try (var connection = StreamConnection.open(host, nobody, timeouts)) {
            throw new AssertionError(connection + " was trusted without a fingerprint");
        } catch (UntrustedCertificateException e) {
            return e.certificate();
        } catch (SocketException e) {
            throw new IOException("%s cannot be reached: %s".formatted(host, e.getMessage()), e);
        }
    }
}
