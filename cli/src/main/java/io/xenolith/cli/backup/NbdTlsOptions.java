package io.xenolith.cli.backup;

import io.xenolith.cli.UsageException;
import io.xenolith.nbd.client.NbdTls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/// How an NBD server with TLS (`nbds:`) has to prove itself, and the client to it.
public final class NbdTlsOptions {

    @Option(names = "--tls-ca", paramLabel = "FILE", description = "PEM of the authorities that sign the server's certificate."
            + " Default: those that Java trusts")
    public Optional<Path> authorities = Optional.empty();

    @Option(names = "--tls-pin", paramLabel = "FILE", description = "PEM of the one certificate that the server has to show.")
    public Optional<Path> pinned = Optional.empty();

    @Option(names = "--tls-subject", paramLabel = "NAME", description = "The name to find in the pinned certificate, if it is"
            + " not the host's.")
    public Optional<String> subject = Optional.empty();

    @Option(names = "--tls-cert", paramLabel = "FILE", description = "PEM of the client's certificate.")
    public Optional<Path> certificate = Optional.empty();

    @Option(names = "--tls-key", paramLabel = "FILE", description = "PEM of the client's key, PKCS #8.")
    public Optional<Path> key = Optional.empty();

    public NbdTls tls() throws IOException {
        if (authorities.isPresent() && pinned.isPresent()) {
            throw new UsageException("--tls-ca and --tls-pin: the server proves itself by one of them");
        }
        if (subject.isPresent() && pinned.isEmpty()) {
            throw new UsageException("--tls-subject needs --tls-pin");
        }
        if (certificate.isPresent() != key.isPresent()) {
            throw new UsageException("--tls-cert and --tls-key go together");
        }
        var tls = authorities.isPresent() ? NbdTls.authorities(authorities.get())
                : pinned.isPresent() ? NbdTls.pinned(Files.readString(pinned.get()), subject.orElse(null)) : NbdTls.platform();
        return certificate.isPresent() ? tls.withIdentity(certificate.get(), key.get()) : tls;
    }
}
