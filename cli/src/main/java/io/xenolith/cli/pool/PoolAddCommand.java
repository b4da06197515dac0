package io.xenolith.cli.pool;

import io.xenolith.cli.ExitCode;
import io.xenolith.cli.Invocation;
import io.xenolith.cli.Subcommand;
import io.xenolith.cli.UsageException;
import io.xenolith.repository.RepositoryPlace;
import io.xenolith.repository.config.Configurations;
import io.xenolith.repository.lock.LockMode;
import io.xenolith.source.xapi.PoolCheck;
import io.xenolith.source.xapi.http.HostAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Remembers a pool, if it lets us in.
@Command(
        name = "add",
        description = "Logs in to a pool, and remembers it in the repository: where it is, the account, which certificate to"
                + " trust, and where the password comes from.",
        footer = {
            "",
            "The password is asked for on the terminal, or read from $XENOLITH_POOL_PASSWORD_FILE or $XENOLITH_POOL_PASSWORD,"
                    + " and kept in the repository if that is encrypted. Otherwise it is needed again at every use, unless a"
                    + " file or a command gives it. A repository that is not encrypted keeps no password.",
            "",
            "Examples:",
            "  xenolith -r /backup pool add lab 10.0.0.1 --user backup",
            "  xenolith -r /backup pool add lab xen1.example.org --ca ca.pem --pool-password-command 'pass show lab'",
        })
public final class PoolAddCommand extends Subcommand {

    @Parameters(index = "0", paramLabel = "NAME", description = "What to call it: letters, digits and . _ -")
    String name;

    @Parameters(index = "1", paramLabel = "HOST", description = "Any of its hosts: HOST[:PORT]")
    String host;

    @Option(names = "--user", paramLabel = "USER", defaultValue = "root",
            description = "The account, whose role should be vm-power-admin. Default: ${DEFAULT-VALUE}")
    String user;

    @ArgGroup
    PasswordPlace passwordPlace = new PasswordPlace();

    @ArgGroup
    TrustChoice trust = new TrustChoice();

    @Option(names = "--replace", description = "Put it in the place of the pool that is called so now.")
    boolean replace;

    /// Where the password shall come from at every use, if it is not to be kept.
    static final class PasswordPlace {
        @Option(names = "--pool-password-file", paramLabel = "FILE",
                description = "Its first line is the password, read at every use.")
        Optional<Path> file = Optional.empty();

        @Option(names = "--pool-password-command", paramLabel = "COMMAND",
                description = "Prints the password as its first line; run by sh at every use. It is stored as it stands here,"
                        + " so it should not hold the password itself.")
        Optional<String> command = Optional.empty();

        PoolPassword place() {
            if (file.isPresent()) {
                return new PoolPassword.InFile(file.get().toAbsolutePath().normalize());
            }
            return command.isPresent() ? new PoolPassword.FromCommand(command.get()) : new PoolPassword.Asked();
        }
    }

    public PoolAddCommand(Invocation run) {
        super(run);
    }

    /// What was remembered.
    ///
    /// @param usable whether nothing prevents backups
    record Result(KnownPool.Shown pool, String product, boolean usable) {
    }

    /// Asks people and the pool before it opens the repository: nobody shall wait for a lock while somebody is typing.
    @Override
    public Integer call() throws IOException, InterruptedException {
        boolean encrypted = isEncrypted();
        var address = address();
        var given = new KnownPool(KnownPools.requireName(name), address, user, trust.choose(run, address),
                passwordPlace.place());
        var password = given.password().reveal(run, "Password of %s at %s".formatted(user, address));
        try {
            var check = check(given, password);
            var kept = encrypted && given.password() instanceof PoolPassword.Asked
                    ? given.with(new PoolPassword.Kept(new String(password))) : given;
            remember(kept);
            show(kept, check);
            return ExitCode.DONE;
        } finally {
            Arrays.fill(password, '\0');
        }
    }

    private boolean isEncrypted() throws IOException {
        try (var storage = RepositoryPlace.directory(run.repositoryPath()).storage()) {
            return new Configurations(storage).read().encrypted();
        }
    }

    private HostAddress address() {
        try {
            return HostAddress.parse(host);
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage());
        }
    }

    private PoolCheck check(KnownPool pool, char[] password) throws IOException, InterruptedException {
        try (var session = PoolSession.open(run, pool, password)) {
            return PoolCheck.of(session.xapi());
        }
    }

    private void remember(KnownPool pool) throws IOException, InterruptedException {
        try (var open = run.open(LockMode.APPEND, "pool add")) {
            KnownPools.of(open).put(pool, replace);
        }
    }

    private void show(KnownPool pool, PoolCheck check) throws IOException {
        var result = new Result(pool.shown(), check.coordinator().product(), check.isUsable());
        run.results().show(result, out -> out.println("added the pool %s: %s, %s at %s".formatted(name, result.product(), user,
                pool.host())));
        if (pool.password() instanceof PoolPassword.Asked) {
            run.warn("the repository is not encrypted, so the password was not kept: it is asked for, or read from"
                    + " XENOLITH_POOL_PASSWORD_FILE or XENOLITH_POOL_PASSWORD, at every use; --pool-password-file and"
                    + " --pool-password-command spare that");
        }
        if (!result.usable()) {
            run.warn("something prevents backups; 'xenolith pool test %s' tells what to do".formatted(name));
        }
    }
}
