package io.xenolith.nbd.client;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509TrustManager;

/// How a server proves who it is, and who the client says it is. TLS 1.2 and 1.3.
///
/// @param trust    what the server's certificate is held against
/// @param identity the client's certificate, or null
public record NbdTls(Trust trust, Identity identity) {

    /// What the server's certificate is held against.
    public sealed interface Trust {

        /// The authorities that the Java runtime trusts.
        record Platform() implements Trust {}

        /// The authorities in a PEM file.
        record Authorities(Path pem) implements Trust {}

        /// This certificate and no other, unless it has expired. XAPI hands one out for each address, over a connection that
        /// is already trusted.
        ///
        /// @param pem        the certificate itself
        /// @param subject    the name to find in it, which with XAPI is not the address; null for the address's host
        /// @param anySubject accept the certificate whatever its names are; some pools' certificates lack the subject
        record Pinned(String pem, String subject, boolean anySubject) implements Trust {
            @Override
            public String toString() {
                return "Pinned[subject=%s, anySubject=%s]".formatted(subject, anySubject);
            }
        }
    }

    /// The client's own certificate.
    ///
    /// @param certificates PEM file with the certificate and those that lead to an authority
    /// @param key          PEM file with the key in PKCS #8, not encrypted
    public record Identity(Path certificates, Path key) {}

    /// The runtime's authorities, no certificate of the client's own.
    public static NbdTls platform() {
        return new NbdTls(new Trust.Platform(), null);
    }

    /// The authorities in a PEM file, no certificate of the client's own.
    public static NbdTls authorities(Path pem) {
        return new NbdTls(new Trust.Authorities(pem), null);
    }

    /// One certificate, given as PEM, that bears `subject`.
    public static NbdTls pinned(String pem, String subject) {
        return new NbdTls(new Trust.Pinned(pem, subject, false), null);
    }

    public NbdTls withIdentity(Path certificates, Path key) {
        return new NbdTls(trust, new Identity(certificates, key));
    }

    /// The name to find in the certificate of the server at `address`.
    String subject(NbdAddress address) {
        return trust instanceof Trust.Pinned pinned && pinned.subject() != null ? pinned.subject() : address.certificateName();
    }

    /// @throws NbdTlsException if a certificate or key cannot be read
    SslContext context() throws NbdTlsException {
        var builder = SslContextBuilder.forClient().sslProvider(SslProvider.JDK).protocols("TLSv1.3", "TLSv1.2")
                .endpointIdentificationAlgorithm("HTTPS");
        try {
            switch (trust) {
                case Trust.Platform _ -> { }
                case Trust.Authorities(var pem) -> builder.trustManager(pem.toFile());
                case Trust.Pinned pinned -> {
                    builder.trustManager(new OneCertificate(certificate(pinned.pem())));
                    if (pinned.anySubject()) {
                        builder.endpointIdentificationAlgorithm("");
                    }
                }
            }
            if (identity != null) {
                setIdentity(builder, identity.certificates.toFile(), identity.key.toFile());
            }
            return builder.build();
        } catch (SSLException | GeneralSecurityException | IllegalArgumentException e) {
            throw new NbdTlsException("the certificates for TLS cannot be used: " + e.getMessage(), e);
        }
    }

    private static void setIdentity(SslContextBuilder builder, File certificates, File key) throws NbdTlsException {
        try {
            builder.keyManager(certificates, key);
        } catch (IllegalArgumentException e) {
            throw new NbdTlsException("%s and %s are not a certificate and its key; a key must be PEM of PKCS #8 without a "
                    .formatted(certificates, key) + "password, 'openssl pkcs8 -topk8 -nodes' makes it so", e);
        }
    }

    private static X509Certificate certificate(String pem) throws CertificateException {
        var bytes = pem.getBytes(StandardCharsets.US_ASCII);
        return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(bytes));
    }

    /// Trusts one certificate, byte for byte. It is not an `X509ExtendedTrustManager`, so that the runtime itself adds
    /// its check of the host's name.
    private record OneCertificate(X509Certificate pinned) implements X509TrustManager {
        @Override
        public void checkServerTrusted(X509Certificate[] chain, String keyExchange) throws CertificateException {
            if (!Arrays.equals(chain[0].getEncoded(), pinned.getEncoded())) {
                throw new CertificateException("the server's certificate, serial number %x, is not the expected one, %x"
                        .formatted(chain[0].getSerialNumber(), pinned.getSerialNumber()));
            }
            pinned.checkValidity(); // being pinned it is its own anchor, which nobody else dates
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String keyExchange) throws CertificateException {
            throw new CertificateException("this is a client");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
