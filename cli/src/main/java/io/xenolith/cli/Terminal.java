package io.xenolith.cli;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/// Whoever may sit in front of the command.
public interface Terminal {

    /// Nobody.
    Terminal NONE = new Terminal() {
        @Override
        public boolean showsErrors() {
            return false;
        }

        @Override
        public Optional<char[]> askPassword(String question) {
            return Optional.empty();
        }

        @Override
        public Optional<Boolean> confirm(String question) {
            return Optional.empty();
        }
    };

    /// Whether standard error is a terminal, so that a line may be drawn over.
    boolean showsErrors();

    /// Asks without showing the answer; nothing if nobody can be asked. The caller wipes it.
    Optional<char[]> askPassword(String question);

    /// Asks for a yes or no, where everything but a yes is a no; nothing if nobody can be asked.
    Optional<Boolean> confirm(String question);

    static Terminal ofProcess() {
        return new Terminal() {
            @Override
            public boolean showsErrors() {
                try {
                    var errors = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
                    return errors.startsWith("/dev/pts/") || errors.startsWith("/dev/tty");
                } catch (IOException | UnsupportedOperationException _) {
                    return false;
                }
            }

            @Override
            public Optional<char[]> askPassword(String question) {
                return Optional.ofNullable(System.console()).map(console -> console.readPassword("%s: ", question));
            }

            @Override
            public Optional<Boolean> confirm(String question) {
                return Optional.ofNullable(System.console()).filter(Console::isTerminal).map(console -> {
                    var answer = console.readLine("%s [y/N] ", question);
                    return answer != null && answer.strip().toLowerCase(Locale.ROOT).matches("y|yes");
                });
            }
        };
    }
}
