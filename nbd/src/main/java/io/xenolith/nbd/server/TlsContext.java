package io.xenolith.nbd.server;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Makes [ServerTls] into what handshakes are done with.
final class TlsContext {
    private TlsContext() {}

    /// Reads certificates and key; later changes of the files are not seen.
    ///
    /// @throws IOException if a file cannot be read or used
    static SslContext load(ServerTls tls) throws IOException {
        SslContextBuilder builder;
        try (var certificate = Files.newInputStream(tls.certificate()); var key = Files.newInputStream(tls.key())) {
            builder = SslContextBuilder.forServer(certificate, key);
        } catch (IllegalArgumentException e) {
            throw new IOException(("%s and %s are no certificate with its key; both must be PEM, the key unencrypted PKCS#8,"
                    + " into which 'openssl pkcs8 -topk8 -nocrypt' turns other forms").formatted(tls.certificate(), tls.key()), e);
        }
        builder.sslProvider(SslProvider.JDK).protocols("TLSv1.3", "TLSv1.2");
        if (tls.clientAuthorities().isPresent()) {
            trust(builder, tls.clientAuthorities().get());
            builder.protocols("TLSv1.2"); // see ServerTls
        }
        return builder.build();
    }

    private static void trust(SslContextBuilder builder, Path authorities) throws IOException {
        try (var in = Files.newInputStream(authorities)) {
            builder.trustManager(in).clientAuth(ClientAuth.REQUIRE);
        } catch (IllegalArgumentException e) {
            throw new IOException(authorities + " has no certificates in PEM", e);
        }
    }
}
