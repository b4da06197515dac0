package io.xenolith.source.vm;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A command of the user, run before or after the snapshot: by the shell here, or by that of another host over SSH.
///
/// @param command  for a shell; the machine's name and UUID are in `XENOLITH_VM` and `XENOLITH_VM_UUID` where it runs here
/// @param host     `user@host` to run it on, by the `ssh` command and without a question
/// @param limit    how long it may take
/// @param required whether the backup fails with it
public record Hook(String command, Optional<String> host, Duration limit, boolean required) {

    private static final int QUOTED_CHARACTERS = 300;

    /// Runs the command and waits for its end; after the limit, or an interrupt, it is killed.
    ///
    /// @param variables for its environment
    /// @return what went wrong, as a sentence; nothing if nothing did, that is, it ended with 0
    public Optional<String> run(Map<String, String> variables) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(arguments()).redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile()).redirectOutput(ProcessBuilder.Redirect.PIPE);
        builder.environment().putAll(variables);
        var process = builder.start();
        var said = new StringBuilder();
        var reader = Thread.ofVirtual().start(() -> read(process, said));
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                return Optional.of("'%s' took more than %d s".formatted(command, limit.toSeconds()));
            }
            reader.join(Duration.ofSeconds(1)); // a child of it may keep its output open
            return process.exitValue() == 0 ? Optional.empty()
                    : Optional.of("'%s' ended with %d%s".formatted(command, process.exitValue(), quoted(said)));
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private List<String> arguments() {
        return host.isEmpty() ? List.of("/bin/sh", "-c", command)
                : List.of("ssh", "-o", "BatchMode=yes", "--", host.get(), command);
    }

    private static void read(Process process, StringBuilder said) {
        try (var in = process.getInputStream()) {
            var buffer = new byte[1024];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                synchronized (said) {
                    said.append(new String(buffer, 0, Math.min(count, Math.max(0, QUOTED_CHARACTERS - said.length())), UTF_8));
                }
            }
        } catch (IOException _) {
            // it ended while it spoke
        }
    }

    private static String quoted(StringBuilder said) {
        synchronized (said) {
            var line = said.toString().strip().replaceAll("\\s+", " ");
            return line.isEmpty() ? "" : " and said: " + line;
        }
    }
}
