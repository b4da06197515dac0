package io.xenolith.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// What a program of another project did.
///
/// @param said what it wrote to standard output, and to standard error behind that
public record Program(int exitCode, String said) {

    private static final int SECONDS = 60;

    public static Program run(String... command) throws IOException, InterruptedException {
        var files = new Path[] {Files.createTempFile("program", ".out"), Files.createTempFile("program", ".err")};
        try {
            var process = new ProcessBuilder(command).redirectInput(new File("/dev/null"))
                    .redirectOutput(files[0].toFile()).redirectError(files[1].toFile()).start();
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(String.join(" ", command) + " hangs");
            }
            return new Program(process.exitValue(), Files.readString(files[0], UTF_8) + Files.readString(files[1], UTF_8));
        } finally {
            for (var file : files) {
                Files.delete(file);
            }
        }
    }

    /// Runs what has to succeed, and returns what it said.
    public static String ok(String... command) throws IOException, InterruptedException {
        var program = run(command);
        assertEquals(0, program.exitCode(), () -> String.join(" ", command) + ": " + program.said());
        return program.said();
    }
}
