package io.xenolith.cli;

import java.io.IOException;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Prints what makes a shell complete the command line.
@Command(
        name = "completion",
        description = "Prints a script that makes the shell complete commands and options.",
        footer = {
            "",
            "Examples:",
            "  source <(xenolith completion bash)",
            "  xenolith completion bash > /etc/bash_completion.d/xenolith",
            "  autoload -U +X bashcompinit && bashcompinit; source <(xenolith completion zsh)",
        })
public final class CompletionCommand extends Subcommand {

    @Parameters(arity = "0..1", paramLabel = "bash|zsh", defaultValue = "bash", description = "The shell. Default: bash")
    public String shell;

    public CompletionCommand(Invocation run) {
        super(run);
    }

    @Override
    public Integer call() throws IOException {
        if (!shell.equals("bash") && !shell.equals("zsh")) {
            throw new UsageException("no completion for '%s'; there is one for bash and zsh".formatted(shell));
        }
        var script = AutoComplete.bash("xenolith", Cli.commandLine(run)); // zsh runs it, too, by its bashcompinit
        run.results().showText(out -> out.print(script));
        return ExitCode.DONE;
    }
}
