package io.xenolith.docs;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Runs `reader/xenolith_reader.py`, which was written from `format.md` alone.
final class Reader {

    private static final Path SCRIPT = Path.of(System.getProperty("basedir", "."), "reader", "xenolith_reader.py");
    private static final String PROBE = "import ctypes; ctypes.CDLL('libzstd.so.1')";

    private Reader() {
    }

    /// What came of a run: all that it printed, and its exit code.
    record Result(int exitCode, String output) {

        List<String> lines() {
            return output.lines().toList();
        }
    }

    /// Skips the test where Python 3 or libzstd is not installed.
    static void assumeInstalled() throws InterruptedException {
        try {
            assumeTrue(start(List.of("python3", "-c", PROBE)).exitCode == 0, "libzstd is not installed");
        } catch (IOException e) {
            assumeTrue(false, "python3 is not installed: " + e.getMessage());
        }
    }

    static Result run(Object... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("python3", "-B", SCRIPT.toString()));
        for (var argument : arguments) {
            command.add(argument.toString());
        }
        return start(command);
    }

    private static Result start(List<String> command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        var output = new String(process.getInputStream().readAllBytes());
        return new Result(process.waitFor(), output);
    }
}
