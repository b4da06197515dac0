package io.xenolith.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A command that runs until it is told to end, as by Ctrl-C.
public final class RunningCommand implements AutoCloseable {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private Thread thread;
    private volatile int exitCode;

    static RunningCommand start(Map<String, String> environment, String... args) {
        var command = new RunningCommand();
        var surroundings = new Surroundings(new ByteArrayInputStream(new byte[0]), command.out,
                new PrintStream(command.err, true, UTF_8), environment, Terminal.NONE);
        var all = Stream.concat(Stream.of("--json"), Stream.of(args)).toArray(String[]::new);
        command.thread = Thread.ofPlatform().start(() -> command.exitCode = Cli.run(surroundings, all));
        return command;
    }

    /// The document that it shows when it is ready.
    public JsonNode ready() throws InterruptedException {
        while (!out.toString(UTF_8).contains("\n")) {
            if (!thread.isAlive()) {
                throw new AssertionError("it ended: " + err());
            }
            Thread.sleep(5);
        }
        return documents()[0];
    }

    /// Tells it to end, and waits.
    ///
    /// @return the documents that it has shown
    public JsonNode[] end() throws InterruptedException {
        thread.interrupt();
        thread.join();
        return documents();
    }

    private JsonNode[] documents() {
        var mapper = new JsonMapper();
        return out.toString(UTF_8).lines().map(mapper::readTree).toArray(JsonNode[]::new);
    }

    public int exitCode() {
        return exitCode;
    }

    public String err() {
        return err.toString(UTF_8);
    }

    @Override
    public void close() {
        try {
            end();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while the command ended", e);
        }
    }
}
