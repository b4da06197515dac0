package io.xenolith.nbd.server;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// A directory of keys and certificates, under the names that QEMU, libnbd and nbdkit expect.
record Certificates(Path directory) {
    private static final X500Name AUTHORITY = new X500Name("CN=Test CA");

    /// Makes an authority, and a server's and a client's certificate signed by it.
    static Certificates make(Path directory) throws IOException, GeneralSecurityException, OperatorCreationException {
        Files.createDirectories(directory);
        var made = new Certificates(directory);
        var authority = keyPair("EC", 256);
        made.sign("ca", AUTHORITY, authority, authority);
        made.sign("server", new X500Name("CN=localhost"), keyPair("RSA", 2048), authority);
        made.sign("client", new X500Name("CN=client"), keyPair("RSA", 2048), authority);
        return made;
    }

    /// The same for a client that has nothing to show.
    Certificates withoutClient(Path copy) throws IOException {
        Files.createDirectories(copy);
        Files.copy(authorities(), copy.resolve("ca-cert.pem"));
        return new Certificates(copy);
    }

    Path authorities() {
        return directory.resolve("ca-cert.pem");
    }

    Path serverCertificate() {
        return directory.resolve("server-cert.pem");
    }

    Path serverKey() {
        return directory.resolve("server-key.pem");
    }

    private static KeyPair keyPair(String algorithm, int bits) throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance(algorithm);
        generator.initialize(bits);
        return generator.generateKeyPair();
    }

    private void sign(String who, X500Name name, KeyPair keys, KeyPair authority)
            throws IOException, OperatorCreationException {
        var now = Instant.now();
        var builder = new JcaX509v3CertificateBuilder(AUTHORITY, BigInteger.valueOf(who.hashCode() & 0xffff),
                Date.from(now.minus(1, ChronoUnit.HOURS)), Date.from(now.plus(1, ChronoUnit.DAYS)), name, keys.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(name.equals(AUTHORITY)));
        builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName[] {
            new GeneralName(GeneralName.dNSName, "localhost"), new GeneralName(GeneralName.iPAddress, "127.0.0.1")}));
        write(who + "-cert.pem", builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(authority.getPrivate())));
        write(who + "-key.pem", new JcaPKCS8Generator(keys.getPrivate(), null));
    }

    private void write(String name, Object object) throws IOException {
        try (var pem = new JcaPEMWriter(Files.newBufferedWriter(directory.resolve(name)))) {
            pem.writeObject(object);
        }
    }
}
