package io.xenolith.cli;

import static picocli.CommandLine.ScopeType.INHERIT;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Option;

/// The options of all commands, which stand before or after the command's name.
public final class GlobalOptions {

    @Option(names = {"-r", "--repo"}, paramLabel = "REPO", scope = INHERIT, order = 1000,
            description = "The repository, a directory. Default: $XENOLITH_REPO")
    public Optional<String> repository = Optional.empty();

    @Option(names = "--password-file", paramLabel = "FILE", scope = INHERIT, order = 1001,
            description = "Its first line is the password of an encrypted repository. Default: $XENOLITH_PASSWORD_FILE,"
                    + " then $XENOLITH_PASSWORD, then a question on the terminal")
    public Optional<Path> passwordFile = Optional.empty();

    @Option(names = "--lock-wait", paramLabel = "TIME", defaultValue = "60s", scope = INHERIT, order = 1002,
            description = "How long to wait for others who work on the repository, such as 30s or 10m."
                    + " Default: ${DEFAULT-VALUE}")
    public Duration lockWait = Duration.ofSeconds(60);

    @Option(names = "--json", scope = INHERIT, order = 1003, description = "Print the result as one JSON document.")
    public boolean json;

    @Option(names = {"-q", "--quiet"}, scope = INHERIT, order = 1004, description = "Show no progress.")
    public boolean quiet;

    @Option(names = {"-v", "--verbose"}, scope = INHERIT, order = 1005,
            description = "Say more, and where in the program a failure arose.")
    public boolean verbose;

    /// Whether the result is to be one JSON document.
    public boolean json() {
        return json;
    }
}
