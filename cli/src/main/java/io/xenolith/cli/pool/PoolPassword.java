package io.xenolith.cli.pool;

import io.xenolith.cli.Invocation;
import io.xenolith.cli.Passwords;
import io.xenolith.cli.UsageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Where the password of a pool's account comes from.
sealed interface PoolPassword {

    /// In one word, for lists.
    String word();

    /// The password itself.
    ///
    /// @param what what is asked for, if somebody has to be asked
    /// @return wiped by the caller
    char[] reveal(Invocation run, String what) throws IOException, InterruptedException;

    /// In the repository, which is encrypted.
    record Kept(String password) implements PoolPassword {
        @Override
        public String word() {
            return "kept";
        }

        @Override
        public char[] reveal(Invocation run, String what) {
            return password.toCharArray();
        }

        @Override
        public String toString() {
            return word();
        }
    }

    /// The first line of a file.
    record InFile(Path file) implements PoolPassword {
        @Override
        public String word() {
            return "file";
        }

        @Override
        public char[] reveal(Invocation run, String what) throws IOException {
            return given(run, Optional.of(file), what);
        }
    }

    /// The first line that a command prints.
    record FromCommand(String command) implements PoolPassword {
        @Override
        public String word() {
            return "command";
        }

        @Override
        public char[] reveal(Invocation run, String what) throws IOException, InterruptedException {
            var process = new ProcessBuilder("sh", "-c", command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
            try {
                process.getOutputStream().close();
                return Passwords.firstLine(output(process), "the output of the password command");
            } finally {
                process.destroyForcibly();
            }
        }

        /// Read by a thread of its own, since a read from a pipe cannot be interrupted.
        private static byte[] output(Process process) throws IOException, InterruptedException {
            var output = new FutureTask<>(() -> {
                try (var in = process.getInputStream()) { // closed, so that what prints without end is ended
                    return in.readNBytes(Passwords.MAX_BYTES);
                }
            });
            Thread.ofVirtual().start(output);
            try {
                var bytes = output.get();
                int status = process.waitFor();
                if (status != 0) {
                    throw new IOException("the command for the pool's password ended with status %d".formatted(status));
                }
                return bytes;
            } catch (ExecutionException e) {
                throw new IOException("reading the output of the command for the pool's password failed", e.getCause());
            }
        }
    }

    /// From the environment or whoever sits at the terminal, at every use.
    record Asked() implements PoolPassword {
        @Override
        public String word() {
            return "asked";
        }

        @Override
        public char[] reveal(Invocation run, String what) throws IOException {
            return given(run, Optional.empty(), what);
        }
    }

    /// By the file, the environment or whoever sits at the terminal.
    private static char[] given(Invocation run, Optional<Path> file, String what) throws IOException {
        return new Passwords(run.surroundings(), file, "XENOLITH_POOL_PASSWORD", what, false).password()
                .orElseThrow(() -> new UsageException(what + " is missing; give it by XENOLITH_POOL_PASSWORD_FILE or"
                        + " XENOLITH_POOL_PASSWORD, or run 'xenolith pool add' with --pool-password-file or"
                        + " --pool-password-command"));
    }
}
