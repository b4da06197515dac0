package io.xenolith.nbd.client;

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// Certificates for tests.
final class Pki {

    /// A certificate with its key.
    record Identity(X509Certificate certificate, KeyPair keys) {
        String pem() throws Exception {
            return Pki.pem("CERTIFICATE", certificate.getEncoded());
        }

        String keyPem() {
            return Pki.pem("PRIVATE KEY", keys.getPrivate().getEncoded());
        }
    }

    private Pki() {}

    static Identity authority(String name) throws Exception {
        return issue(name, null, null, true, Duration.ofDays(30));
    }

    /// A certificate of `authority` for `dnsName` and 127.0.0.1.
    static Identity leaf(String dnsName, Identity authority) throws Exception {
        return issue(dnsName, dnsName, authority, false, Duration.ofDays(30));
    }

    /// A certificate as XenServer makes them: signed by itself and no authority.
    static Identity selfSigned(String dnsName, Duration validity) throws Exception {
        return issue(dnsName, dnsName, null, false, validity);
    }

    /// Writes what nbdkit and qemu-nbd look for in a directory of certificates.
    static void write(Path directory, Identity authority, Identity server) throws Exception {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("ca-cert.pem"), authority.pem());
        Files.writeString(directory.resolve("server-cert.pem"), server.pem());
        Files.writeString(directory.resolve("server-key.pem"), server.keyPem());
    }

    private static Identity issue(String name, String dnsName, Identity issuer, boolean authority, Duration validity)
            throws Exception {
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        var keys = generator.generateKeyPair();
        var end = Instant.now().plus(validity);
        var subject = new X500Name("CN=" + name);
        var from = issuer == null ? subject : X500Name.getInstance(issuer.certificate.getSubjectX500Principal().getEncoded());
        var builder = new JcaX509v3CertificateBuilder(from, BigInteger.valueOf(System.nanoTime()),
                Date.from(end.minus(Duration.ofDays(60))), Date.from(end), subject, keys.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
        if (dnsName != null) {
            builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName[] {
                new GeneralName(GeneralName.dNSName, dnsName), new GeneralName(GeneralName.iPAddress, "127.0.0.1")}));
        }
        var signer = new JcaContentSignerBuilder("SHA256withRSA").build((issuer == null ? keys : issuer.keys).getPrivate());
        return new Identity(new JcaX509CertificateConverter().getCertificate(builder.build(signer)), keys);
    }

    private static String pem(String kind, byte[] der) {
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(kind,
                Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der), kind);
    }
}
