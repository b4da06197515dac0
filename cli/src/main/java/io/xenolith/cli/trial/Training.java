package io.xenolith.cli.trial;

import io.xenolith.cli.Cli;
import io.xenolith.cli.ExitCode;
import io.xenolith.cli.Surroundings;
import io.xenolith.cli.Temporary;
import io.xenolith.cli.Terminal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/// Runs the commands that are run most, so that the JVM can note which classes they load and what is often done in them.
/// `bin/xenolith` starts this once after it has built the program, and keeps the JVM's notes in a cache that makes all
/// later starts faster. Takes seconds, prints nothing and leaves nothing behind.
public final class Training {

    private Training() {
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        try (var folder = Temporary.in(Temporary.systemFolder(), "xenolith-training-")) {
            train(folder.path());
        }
        System.exit(ExitCode.DONE); // as commands end
    }

    private static void train(Path folder) throws IOException, InterruptedException {
        var disk = DemoDisk.make(folder);
        run(folder, "--version");
        run(folder, "init", "--encrypt");
        run(folder, "backup", "image", "--vm", "web", "xvda=" + disk.first());
        var day = disk.nextDay();
        run(folder, "backup", "image", "--vm", "web", "xvda=" + day.image(), "--changed", "xvda=" + day.bitmap(),
                "--base", "web@latest");
        run(folder, "list");
        run(folder, "show", "web@latest");
        run(folder, "report");
        run(folder, "key", "list");
        run(folder, "verify", "--read-data");
        run(folder, "restore", "web@latest", "--output", folder.resolve("restored.raw").toString());
        run(folder, "list", "--json");
    }

    private static void run(Path folder, String... command) throws IOException {
        var surroundings = new Surroundings(new ByteArrayInputStream(new byte[0]), OutputStream.nullOutputStream(), System.err,
                Map.of("XENOLITH_PASSWORD", "training", "XENOLITH_REPO", folder.resolve("repository").toString()), Terminal.NONE);
        var all = command[0].equals("--version") ? Stream.of(command) : Stream.concat(Stream.of("--quiet"), Stream.of(command));
        int exitCode = Cli.run(surroundings, all.toArray(String[]::new));
        if (exitCode != ExitCode.DONE) {
            throw new IOException("'%s' ended with exit code %d".formatted(String.join(" ", command), exitCode));
        }
    }
}
