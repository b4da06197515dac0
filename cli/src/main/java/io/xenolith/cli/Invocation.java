package io.xenolith.cli;

import io.xenolith.repository.lock.LockMode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// What a command works with.
public record Invocation(Surroundings surroundings, GlobalOptions options, Results results) {

    public static Invocation of(Surroundings surroundings, GlobalOptions options) {
        return new Invocation(surroundings, options, new Results(surroundings, options));
    }

    /// The directory of the repository, which need not exist.
    ///
    /// @throws UsageException if none was named, or it lies where this version cannot reach
    public Path repositoryPath() {
        var named = options.repository.or(() -> Optional.ofNullable(surroundings.environment().get("XENOLITH_REPO")))
                .filter(name -> !name.isEmpty())
                .orElseThrow(() -> new UsageException("no repository is named; give its directory by -r or XENOLITH_REPO"));
        if (named.startsWith("s3://")) {
            throw new UsageException("%s: repositories in S3 are not supported yet; name a directory".formatted(named));
        }
        return Path.of(named);
    }

    /// Opens the repository, waiting for its lock as long as the options allow.
    ///
    /// @param command what others are told who have to wait
    public OpenRepository open(LockMode mode, String command) throws IOException, InterruptedException {
        return OpenRepository.open(this, mode, command);
    }

    /// Shows how far something has come, until it is closed.
    ///
    /// @param what such as `backup web`
    public ProgressDisplay progress(String what) {
        return ProgressDisplay.open(what, surroundings, options.quiet);
    }

    /// Where the password of the repository comes from.
    public Passwords passwords() {
        return new Passwords(surroundings, options.passwordFile, "XENOLITH_PASSWORD",
                "Password of " + repositoryPath(), false);
    }

    /// Says that something is wrong which does not stop the work.
    public void warn(String sentence) {
        surroundings.err().println("xenolith: warning: " + sentence);
    }

    /// Says what goes on, unless nobody wants to know.
    public void note(String sentence) {
        if (!options.quiet) {
            surroundings.err().println("xenolith: " + sentence);
        }
    }
}
