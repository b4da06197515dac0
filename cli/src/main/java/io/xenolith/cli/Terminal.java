package io.xenolith.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Whoever may sit in front of the command.
interface Terminal {

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
    };

    /// Whether standard error is a terminal, so that a line may be drawn over.
    boolean showsErrors();

    /// Asks without showing the answer; nothing if nobody can be asked. The caller wipes it.
    Optional<char[]> askPassword(String question);

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
        };
    }
}
