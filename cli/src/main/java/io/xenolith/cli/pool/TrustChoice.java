package io.xenolith.cli.pool;

import io.xenolith.cli.Invocation;
import io.xenolith.cli.UsageException;
import io.xenolith.source.xapi.http.Fingerprint;
import io.xenolith.source.xapi.http.FirstContact;
import io.xenolith.source.xapi.http.HostAddress;
import io.xenolith.source.xapi.http.Timeouts;
import io.xenolith.source.xapi.http.Trust;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.Optional;
import picocli.CommandLine.Option;

/// Which certificates of a new pool the user trusts. Without any of the options a person has to look at the certificate.
final class TrustChoice {

    @Option(names = "--fingerprint", paramLabel = "SHA256",
            description = "Trust the certificate with this SHA-256 fingerprint, with or without colons. On the host: openssl"
                    + " x509 -noout -fingerprint -sha256 -in /etc/xensource/xapi-ssl.pem")
    Optional<String> fingerprint = Optional.empty();

    @Option(names = "--ca", paramLabel = "FILE",
            description = "Trust what the certificates in this PEM file signed for the host's name, and those certificates"
                    + " themselves. The repository keeps a copy.")
    Optional<Path> authority = Optional.empty();

    @Option(names = "--trust-first-certificate",
            description = "Trust whatever certificate the host shows now, and no other from then on.")
    boolean first;

    @Option(names = "--insecure",
            description = "Never check the certificate. Whoever stands in between can read the password and every disk.")
    boolean insecure;

    /// @throws UsageException if the user has to say more
    Trust choose(Invocation run, HostAddress host) throws IOException {
        if (insecure) {
            return Trust.insecure();
        }
        if (authority.isPresent()) {
            return Trust.authority(authority.get());
        }
        return Trust.pinned(fingerprint.isPresent() ? given(fingerprint.get()) : confirmed(run, host));
    }

    private static Fingerprint given(String text) {
        try {
            return Fingerprint.parse(text);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--fingerprint: " + e.getMessage());
        }
    }

    private Fingerprint confirmed(Invocation run, HostAddress host) throws IOException {
        var certificate = FirstContact.certificateOf(host, Timeouts.USUAL);
        var shown = Fingerprint.of(certificate);
        run.surroundings().err().println(describe(host, certificate));
        if (first) {
            return shown;
        }
        boolean yes = run.surroundings().terminal().confirm("Is this the certificate that you expect?")
                .orElseThrow(() -> new UsageException(("nobody is there to confirm the certificate of %s; give its fingerprint"
                        + " by --fingerprint, its authority by --ca, or say --trust-first-certificate").formatted(host)));
        if (!yes) {
            throw new IOException("the certificate of %s was not confirmed; nothing was sent to it".formatted(host));
        }
        return shown;
    }

    private static String describe(HostAddress host, X509Certificate certificate) {
        var subject = certificate.getSubjectX500Principal().getName().replaceAll("\\p{Cc}", "?");
        return """
                The certificate of %s:
                  subject      %s
                  valid        %s to %s
                  fingerprint  %s (SHA-256)""".formatted(host, subject, day(certificate.getNotBefore()),
                day(certificate.getNotAfter()), Fingerprint.of(certificate));
    }

    private static String day(Date date) {
        return date.toInstant().atZone(ZoneOffset.UTC).toLocalDate().toString();
    }
}
