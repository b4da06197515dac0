package io.xenolith.cli.pool;

import io.xenolith.cli.Invocation;
import io.xenolith.cli.OpenRepository;
import io.xenolith.source.xapi.Credentials;
import io.xenolith.source.xapi.Xapi;
import io.xenolith.source.xapi.http.Fingerprint;
import io.xenolith.source.xapi.http.Timeouts;
import io.xenolith.source.xapi.http.Trust;
import io.xenolith.source.xapi.http.UntrustedCertificateException;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Collectors;

/// A session with a pool that the repository remembers. Says on the way how far the pool's tasks are. Safe for use by
/// several threads.
public final class PoolSession implements AutoCloseable {

    private final Xapi xapi;

    private PoolSession(Xapi xapi) {
        this.xapi = xapi;
    }

    /// Logs in.
    ///
    /// @param pool what it is called in the repository
    /// @throws IOException with a sentence that says what to do, if there is no such pool, it cannot be reached, shows a
    ///     certificate that is not trusted, or does not let the account in
    /// @throws io.xenolith.cli.UsageException if nobody can be asked for the password
    public static PoolSession open(Invocation run, OpenRepository open, String pool)
            throws IOException, InterruptedException {
        return open(run, KnownPools.of(open).get(pool));
    }

    static PoolSession open(Invocation run, KnownPool pool) throws IOException, InterruptedException {
        var password = pool.password().reveal(run, "Password of %s at the pool %s".formatted(pool.user(), pool.name()));
        try {
            return open(run, pool, password);
        } finally {
            Arrays.fill(password, '\0');
        }
    }

    /// @param password wiped by the caller
    static PoolSession open(Invocation run, KnownPool pool, char[] password) throws IOException, InterruptedException {
        if (pool.trust() instanceof Trust.Unchecked) {
            run.warn("the certificates of pool %s are not checked (--insecure): whoever stands in between can read the"
                    .formatted(pool.name()) + " password and every disk");
        }
        try {
            return new PoolSession(Xapi.login(pool.host(), pool.trust(), new Credentials(pool.user(), password),
                    Timeouts.USUAL, new TaskProgress(run, pool.name())));
        } catch (UntrustedCertificateException e) {
            throw new IOException(refusal(pool, e), e);
        }
    }

    private static String refusal(KnownPool pool, UntrustedCertificateException e) {
        return ("%s shows a certificate with the SHA-256 fingerprint %s instead of %s; nothing was sent to it. If the host's"
                + " administrator confirms the new one, run 'xenolith pool add %s %s --user %s --replace --fingerprint %s';"
                + " if not, somebody may stand in between").formatted(pool.host(), e.fingerprint(), expected(pool.trust()),
                pool.name(), pool.host(), pool.user(), e.fingerprint());
    }

    private static String expected(Trust trust) {
        return switch (trust) {
            case Trust.Pinned(var fingerprints) -> fingerprints.stream().map(Fingerprint::toString)
                    .collect(Collectors.joining(" or "));
            case Trust.Authority _ -> "one that the given authority signed for this name";
            case Trust.Unchecked _ -> "any";
        };
    }

    public Xapi xapi() {
        return xapi;
    }

    /// Logs out.
    @Override
    public void close() {
        xapi.close();
    }
}
