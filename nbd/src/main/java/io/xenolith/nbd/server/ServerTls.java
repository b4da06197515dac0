package io.xenolith.nbd.server;

import java.nio.file.Path;
import java.util.Optional;

/// How a server encrypts and whom it lets in: TLS 1.2 and 1.3, with certificates in PEM files. Where clients must show
/// certificates it is TLS 1.2 only: GnuTLS 3.7, which QEMU and libnbd are built with on Debian 12, finds none of its RSA
/// certificates good enough for a server on a JDK in TLS 1.3.
///
/// @param certificate       the server's certificate, followed by the intermediate ones
/// @param key               its private key, unencrypted PKCS#8 (`BEGIN PRIVATE KEY`)
/// @param clientAuthorities if given, every client must show a certificate that one of these authorities signed
/// @param required          whether clients that do not ask for TLS are refused. Otherwise they are served in clear,
///                          which protects against nobody who can alter the traffic
public record ServerTls(Path certificate, Path key, Optional<Path> clientAuthorities, boolean required) {

    public ServerTls {
        if (clientAuthorities.isPresent() && !required) {
            throw new IllegalArgumentException(
                    "client certificates prove nothing while clients without TLS are let in; require TLS too");
        }
    }

    /// TLS for every client, none of them asked who it is.
    public static ServerTls required(Path certificate, Path key) {
        return new ServerTls(certificate, key, Optional.empty(), true);
    }

    /// TLS for clients that ask for it.
    public static ServerTls allowed(Path certificate, Path key) {
        return new ServerTls(certificate, key, Optional.empty(), false);
    }

    /// The same, for clients with a certificate signed by one of `authorities`, a PEM file.
    public ServerTls withClientAuthorities(Path authorities) {
        return new ServerTls(certificate, key, Optional.of(authorities), required);
    }
}
