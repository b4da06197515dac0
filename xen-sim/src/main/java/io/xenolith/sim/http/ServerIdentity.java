package io.xenolith.sim.http;

import java.io.IOException;
import java.math.BigInteger;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// A host's key and self-signed certificate, and how it speaks TLS: exactly 1.2, two suites, one curve.
public final class ServerIdentity {
    private static final int SERIAL_BITS = 64;
    private static final Duration VALID = Duration.ofDays(3650);
    private static final String[] SUITES = {
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    };

    private final X509Certificate certificate;
    private final SSLContext context;

    private ServerIdentity(X509Certificate certificate, SSLContext context) {
        this.certificate = certificate;
        this.context = context;
    }

    /// One key for all hosts of this process: making one takes longer than all else that a pool does at its start. What a
    /// client pins, the certificate, is every host's own.
    private static final class SharedKey {
        private static final KeyPair KEYS = generate();

        private static KeyPair generate() {
            try {
                var generator = KeyPairGenerator.getInstance("RSA");
                generator.initialize(2048);
                return generator.generateKeyPair();
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /// Makes a certificate for a host that is called `name` and reached at `address`.
    public static ServerIdentity create(String name, String address) {
        try {
            var keys = SharedKey.KEYS;
            var subject = new X500Name("CN=" + name);
            var from = Instant.now().minus(Duration.ofDays(1));
            var builder = new JcaX509v3CertificateBuilder(subject, new BigInteger(SERIAL_BITS, new SecureRandom()),
                    Date.from(from), Date.from(from.plus(VALID)), subject, keys.getPublic());
            builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName[] {
                new GeneralName(GeneralName.dNSName, name), new GeneralName(GeneralName.iPAddress, address),
            }));
            var signer = new JcaContentSignerBuilder("SHA256withRSA").build(keys.getPrivate());
            var certificate = new JcaX509CertificateConverter().getCertificate(builder.build(signer));
            var store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("host", keys.getPrivate(), new char[0], new X509Certificate[] {certificate});
            var managers = KeyManagerFactory.getInstance("PKIX");
            managers.init(store, new char[0]);
            var context = SSLContext.getInstance("TLSv1.2");
            context.init(managers.getKeyManagers(), null, null);
            return new ServerIdentity(certificate, context);
        } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
            throw new IllegalStateException("cannot make a certificate for " + name, e);
        }
    }

    /// Puts the server's side of TLS on a connection; the handshake happens with the first read.
    public SSLSocket secure(Socket socket) throws IOException {
        var secured = (SSLSocket) context.getSocketFactory().createSocket(socket, null, socket.getPort(), true);
        secured.setUseClientMode(false);
        var parameters = secured.getSSLParameters();
        parameters.setProtocols(new String[] {"TLSv1.2"});
        parameters.setCipherSuites(SUITES);
        parameters.setNamedGroups(new String[] {"secp384r1"});
        secured.setSSLParameters(parameters);
        return secured;
    }

    public X509Certificate certificate() {
        return certificate;
    }

    public String pem() {
        try {
            var body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded());
            return "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n";
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// SHA-256 over the DER form, in lower-case hex.
    public String fingerprint() {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
