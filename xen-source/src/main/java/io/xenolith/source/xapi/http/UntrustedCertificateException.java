package io.xenolith.source.xapi.http;

import java.io.IOException;
import java.security.cert.CertificateException;

/// A host shows a certificate that nobody confirmed. Nothing was sent to it.
public final class UntrustedCertificateException extends IOException {
    private final transient Fingerprint fingerprint;

    private UntrustedCertificateException(HostAddress host, Fingerprint fingerprint, Throwable cause) {
        super(("%s shows a certificate that is not trusted (%s), with the SHA-256 fingerprint %s; if the host's"
                + " administrator confirms it, trust this fingerprint")
                .formatted(host, cause.getMessage(), fingerprint), cause);
        this.fingerprint = fingerprint;
    }

    /// Of the certificate that the host shows.
    public Fingerprint fingerprint() {
        return fingerprint;
    }

    /// The untrusted certificate among the causes of `failure`, or else `failure` itself.
    static IOException among(IOException failure, HostAddress host) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof Shown shown) {
                return new UntrustedCertificateException(host, shown.fingerprint, shown);
            }
        }
        return failure;
    }

    /// What a trust manager may throw.
    static final class Shown extends CertificateException {
        private final transient Fingerprint fingerprint;

        Shown(Fingerprint fingerprint, String reason, Throwable cause) {
            super(reason, cause);
            this.fingerprint = fingerprint;
        }
    }
}
