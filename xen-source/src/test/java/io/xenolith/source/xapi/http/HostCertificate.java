package io.xenolith.source.xapi.http;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// A certificate with its key, signed by itself or by another.
public record HostCertificate(KeyPair keys, X509Certificate certificate) {

    /// @param address an IP address in the certificate
    public static HostCertificate selfSigned(String address) {
        return make(address, null);
    }

    public HostCertificate sign(String address) {
        return make(address, this);
    }

    private static HostCertificate make(String address, HostCertificate issuer) {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            var keys = generator.generateKeyPair();
            var name = new X500Name("CN=host of " + address);
            var issuerName = issuer == null ? name
                    : new X500Name(issuer.certificate.getSubjectX500Principal().getName());
            var from = Instant.now().minus(Duration.ofDays(1));
            var builder = new JcaX509v3CertificateBuilder(issuerName, BigInteger.valueOf(System.nanoTime()),
                    Date.from(from), Date.from(from.plus(Duration.ofDays(30))), name, keys.getPublic());
            builder.addExtension(Extension.subjectAlternativeName, false,
                    new GeneralNames(new GeneralName(GeneralName.iPAddress, address)));
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(issuer == null));
            var signing = issuer == null ? keys : issuer.keys;
            var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(signing.getPrivate());
            return new HostCertificate(keys, new JcaX509CertificateConverter().getCertificate(builder.build(signer)));
        } catch (Exception e) {
            throw new AssertionError("cannot make a certificate", e);
        }
    }

    public Fingerprint fingerprint() {
        return Fingerprint.of(certificate);
    }

    public String pem() {
        var text = new StringWriter();
        try (var writer = new JcaPEMWriter(text)) {
            writer.writeObject(certificate);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return text.toString();
    }

    SSLContext context() throws Exception {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("host", keys.getPrivate(), new char[0], new X509Certificate[] {certificate});
        var managers = KeyManagerFactory.getInstance("PKIX");
        managers.init(store, new char[0]);
        var context = SSLContext.getInstance("TLSv1.2");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }
}
