package io.xenolith.source.xapi.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;

/// Which certificates a user accepts from the hosts of a pool. There is no default: who wants none checked says so.
public sealed interface Trust {

    /// Certificates with one of these fingerprints, whatever name and dates they carry: hosts sign their own
    /// certificates and are mostly called by address. The coordinator's is enough, a pool tells of its other hosts.
    record Pinned(Set<Fingerprint> fingerprints) implements Trust {
        public Pinned {
            fingerprints = Set.copyOf(fingerprints);
        }
    }

    /// Certificates that are among these, or that lead to one of these and carry the host's name or address.
    record Authority(List<X509Certificate> certificates) implements Trust {
        public Authority {
            certificates = List.copyOf(certificates);
        }
    }

    /// Any certificate: whoever stands between can read the password and every disk.
    record Unchecked() implements Trust {
    }

    static Trust pinned(Fingerprint... fingerprints) {
        return new Pinned(Set.of(fingerprints));
    }

    /// @param pem a file of one or more certificates
    /// @throws IOException if it cannot be read or holds no certificate
    static Trust authority(Path pem) throws IOException {
        try (var in = Files.newInputStream(pem)) {
            var certificates = CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                    .map(X509Certificate.class::cast).toList();
            if (certificates.isEmpty()) {
                throw new IOException(pem + " holds no certificate; expected PEM");
            }
            return new Authority(certificates);
        } catch (CertificateException e) {
            throw new IOException(pem + " holds no certificate that can be read; expected PEM", e);
        }
    }

    /// For a laboratory, or a network that nobody else can reach.
    static Trust insecure() {
        return new Unchecked();
    }
}
