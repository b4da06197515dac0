package io.xenolith.source.xapi.http;

import java.io.IOException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;

/// A host shows a certificate that nobody confirmed. Nothing was sent to it.
public final class UntrustedCertificateException extends IOException {
    private final transient X509Certificate certificate;

    private UntrustedCertificateException(HostAddress host, Shown shown) {
        super(("%s shows a certificate that is not trusted (%s), with the SHA-256 fingerprint %s; if the host's"
                + " administrator confirms it, trust this fingerprint")
                .formatted(host, shown.getMessage(), Fingerprint.of(shown.certificate)), shown);
        this.certificate = shown.certificate;
    }

    /// What the host shows.
    public X509Certificate certificate() {
        return certificate;
    }

    /// Of the certificate that the host shows.
    public Fingerprint fingerprint() {
        return Fingerprint.of(certificate);
    }

    /// The untrusted certificate among the causes of `failure`, or else `failure` itself.
    static IOException among(IOException failure, HostAddress host) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof Shown shown) {
                return new UntrustedCertificateException(host, shown);
            }
        }
        return failure;
    }

    /// What a trust manager may throw.
    static final class Shown extends CertificateException {
        private final transient X509Certificate certificate;

        Shown(X509Certificate certificate, String reason, Throwable cause) {
            super(reason, cause);
            this.certificate = certificate;
        }
    }
}
