package io.xenolith.source.xapi.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Locale;

/// SHA-256 of a certificate in DER.
///
/// @param hex 64 hexadecimal digits in lower case
public record Fingerprint(String hex) {
    private static final HexFormat COLONS = HexFormat.ofDelimiter(":").withUpperCase();

    /// @throws IllegalArgumentException if `hex` has another form
    public Fingerprint {
        if (!hex.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("not a SHA-256 fingerprint: '%s'; expected 64 hexadecimal digits"
                    .formatted(hex));
        }
    }

    /// Reads 64 hexadecimal digits in either case, with or without colons, as `openssl x509 -fingerprint -sha256` and
    /// XenCenter show them.
    public static Fingerprint parse(String text) {
        return new Fingerprint(text.strip().replace(":", "").toLowerCase(Locale.ROOT));
    }

    public static Fingerprint of(X509Certificate certificate) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
            return new Fingerprint(HexFormat.of().formatHex(digest));
        } catch (CertificateException e) {
            throw new IllegalArgumentException("a certificate that cannot be encoded", e);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    /// Of the first certificate in `pem`.
    ///
    /// @throws CertificateException if there is none
    public static Fingerprint ofPem(String pem) throws CertificateException {
        var in = new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII));
        return of((X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in));
    }

    /// Of the certificate that a host shows, as [FirstContact] asks for it.
    public static Fingerprint shownBy(HostAddress host, Timeouts timeouts) throws IOException {
        return of(FirstContact.certificateOf(host, timeouts));
    }

    /// Pairs of upper-case digits with colons between them, as other tools show it.
    @Override
    public String toString() {
        return COLONS.formatHex(HexFormat.of().parseHex(hex));
    }
}
