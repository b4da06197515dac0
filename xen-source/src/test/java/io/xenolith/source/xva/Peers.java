package io.xenolith.source.xva;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Programs that have nothing in common with what they check. A test is skipped where one is not installed.
final class Peers {
    private static final Path SCRIPTS = Path.of(System.getProperty("basedir", "."), "src", "test", "python");

    private Peers() {
    }

    /// What came of a run: all that it printed, and its exit code.
    record Result(int exitCode, String output) {
    }

    static Result python(String script, Path argument) throws IOException, InterruptedException {
        return run("python3", "-B", SCRIPTS.resolve(script).toString(), argument.toString());
    }

    static Result run(String... command) throws IOException, InterruptedException {
        assumeTrue(isInstalled(command[0]), command[0] + " is not installed");
        var process = new ProcessBuilder(new ArrayList<>(List.of(command))).redirectErrorStream(true).start();
        process.getOutputStream().close();
        var output = new String(process.getInputStream().readAllBytes());
        return new Result(process.waitFor(), output);
    }

    private static boolean isInstalled(String command) throws InterruptedException {
        try {
            return new ProcessBuilder(command, "--version").redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
        } catch (IOException _) {
            return false;
        }
    }
}
