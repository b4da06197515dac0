package io.xenolith.nbd.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;

/// What a program of another project did.
///
/// @param out standard output
/// @param err standard error
record Program(int exit, byte[] out, String err) {
    private static final int SECONDS = 30;

    static Program run(String... command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command).start();
        process.getOutputStream().close();
        var err = CompletableFuture.supplyAsync(() -> readAll(process.getErrorStream()), Thread::startVirtualThread);
        var out = CompletableFuture.supplyAsync(() -> readAll(process.getInputStream()), Thread::startVirtualThread);
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(String.join(" ", command) + " hangs; said so far: " + new String(err.join(), StandardCharsets.UTF_8));
        }
        return new Program(process.exitValue(), out.join(), new String(err.join(), StandardCharsets.UTF_8));
    }

    /// Runs what must succeed.
    ///
    /// @return its standard output
    static String output(String... command) throws IOException, InterruptedException {
        var program = run(command);
        assertEquals(0, program.exit, () -> String.join(" ", command) + " said: " + program.err);
        return program.text();
    }

    String text() {
        return new String(out, StandardCharsets.UTF_8);
    }

    private static byte[] readAll(InputStream in) {
        try (in) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
