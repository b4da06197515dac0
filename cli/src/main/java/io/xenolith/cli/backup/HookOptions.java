package io.xenolith.cli.backup;

import io.xenolith.source.vm.Hook;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/// The user's commands around a snapshot.
public final class HookOptions {

    @Option(names = "--pre-command", paramLabel = "COMMAND", description = "Run before the snapshot, by the shell; the machine is"
            + " in XENOLITH_VM and XENOLITH_VM_UUID. May be repeated.")
    public List<String> before = List.of();

    @Option(names = "--post-command", paramLabel = "COMMAND", description = "Run after the snapshot, whatever became of it. May be"
            + " repeated.")
    public List<String> after = List.of();

    @Option(names = "--command-host", paramLabel = "USER@HOST", description = "Run them there, over SSH.")
    public Optional<String> host = Optional.empty();

    @Option(names = "--command-timeout", paramLabel = "TIME", defaultValue = "5m", description = "How long each may take. Default:"
            + " ${DEFAULT-VALUE}")
    public Duration limit;

    @Option(names = "--ignore-command-failure", description = "Go on when one fails, and record it.")
    public boolean ignoreFailure;

    public List<Hook> before() {
        return hooks(before);
    }

    public List<Hook> after() {
        return hooks(after);
    }

    private List<Hook> hooks(List<String> commands) {
        return commands.stream().map(command -> new Hook(command, host, limit == null ? Duration.ofMinutes(5) : limit,
                !ignoreFailure)).toList();
    }
}
