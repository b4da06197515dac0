package io.xenolith.cli.pool;

import io.xenolith.repository.CorruptObjectException;
import io.xenolith.repository.NewerFormatException;
import io.xenolith.repository.json.JsonReader;
import io.xenolith.repository.json.JsonWriter;
import io.xenolith.source.xapi.http.Fingerprint;
import io.xenolith.source.xapi.http.HostAddress;
import io.xenolith.source.xapi.http.Trust;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;

/// A pool as JSON. The keys:
///
/// | key               | value                                                                    |
/// |-------------------|--------------------------------------------------------------------------|
/// | `version`         | 1; always the first key                                                  |
/// | `host`            | name or address of a host, with its port where that is not 443           |
/// | `user`            | the account                                                              |
/// | `fingerprints`    | array: SHA-256 of the certificates that are trusted, 64 hex digits each  |
/// | `certificates`    | array: the certificates of authorities, in Base64 of DER                 |
/// | `unchecked`       | `true` if every certificate is taken                                     |
/// | `password`        | the password; in encrypted repositories only                             |
/// | `passwordFile`    | the file whose first line is the password                                |
/// | `passwordCommand` | the shell command that prints it                                         |
///
/// Exactly one of the keys of trust is there, and at most one of those of the password; without any it is asked for.
final class PoolFormat {

    private static final int VERSION = 1;

    private PoolFormat() {
    }

    static byte[] encode(KnownPool pool) {
        return JsonWriter.object(out -> {
            out.writeNumberProperty("version", VERSION);
            out.writeStringProperty("host", pool.host().toString());
            out.writeStringProperty("user", pool.user());
            write(pool.trust(), out);
            switch (pool.password()) {
                case PoolPassword.Kept(var password) -> out.writeStringProperty("password", password);
                case PoolPassword.InFile(var file) -> out.writeStringProperty("passwordFile", file.toString());
                case PoolPassword.FromCommand(var command) -> out.writeStringProperty("passwordCommand", command);
                case PoolPassword.Asked() -> { }
            }
        });
    }

    private static void write(Trust trust, JsonGenerator out) {
        switch (trust) {
            case Trust.Pinned(var fingerprints) -> write("fingerprints",
                    fingerprints.stream().map(Fingerprint::hex).sorted().toList(), out);
            case Trust.Authority(var certificates) -> write("certificates",
                    certificates.stream().map(PoolFormat::base64).toList(), out);
            case Trust.Unchecked() -> out.writeBooleanProperty("unchecked", true);
        }
    }

    private static void write(String key, List<String> texts, JsonGenerator out) {
        out.writeArrayPropertyStart(key);
        texts.forEach(out::writeString);
        out.writeEndArray();
    }

    private static String base64(X509Certificate certificate) {
        try {
            return Base64.getEncoder().encodeToString(certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new IllegalArgumentException("a certificate that cannot be encoded", e);
        }
    }

    /// @param setting the name of the setting that holds `json`
    static KnownPool decode(String name, String setting, byte[] json) throws CorruptObjectException, NewerFormatException {
        try (var in = new JsonReader("the setting " + setting, json)) {
            in.begin(VERSION);
            var pool = readPool(name, in);
            in.end();
            return pool;
        } catch (JacksonException | IllegalArgumentException | CertificateException e) {
            throw new CorruptObjectException("the setting " + setting, "it describes no pool");
        }
    }

    private static KnownPool readPool(String name, JsonReader in) throws CorruptObjectException, CertificateException {
        HostAddress host = null;
        String user = null;
        var trust = new ArrayList<Trust>();
        Optional<PoolPassword> password = Optional.empty();
        while (in.nextKey()) {
            switch (in.key()) {
                case "host" -> host = HostAddress.parse(in.text());
                case "user" -> user = in.text();
                case "fingerprints" -> trust.add(new Trust.Pinned(fingerprints(in.texts())));
                case "certificates" -> trust.add(new Trust.Authority(certificates(in.texts())));
                case "unchecked" -> {
                    if (in.truth()) {
                        trust.add(Trust.insecure());
                    }
                }
                case "password" -> password = Optional.of(new PoolPassword.Kept(in.text()));
                case "passwordFile" -> password = Optional.of(new PoolPassword.InFile(Path.of(in.text())));
                case "passwordCommand" -> password = Optional.of(new PoolPassword.FromCommand(in.text()));
                default -> in.skip();
            }
        }
        if (trust.size() != 1) {
            throw in.damage("%d ways to trust instead of one".formatted(trust.size()));
        }
        return new KnownPool(name, in.required("host", host), in.required("user", user), trust.getFirst(),
                password.orElseGet(PoolPassword.Asked::new));
    }

    private static Set<Fingerprint> fingerprints(List<String> texts) {
        return texts.stream().map(Fingerprint::parse).collect(Collectors.toSet());
    }

    private static List<X509Certificate> certificates(List<String> texts) throws CertificateException {
        var factory = CertificateFactory.getInstance("X.509");
        var certificates = new ArrayList<X509Certificate>();
        for (var text : texts) {
            var der = new ByteArrayInputStream(Base64.getDecoder().decode(text));
            certificates.add((X509Certificate) factory.generateCertificate(der));
        }
        return certificates;
    }
}
