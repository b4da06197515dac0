package io.xenolith.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.xenolith.cli.trial.SampleData;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The command, run in this process as a user would in a shell.
public final class Xenolith {

    private final Map<String, String> environment = new HashMap<>();
    private byte[] input = new byte[0];
    private Terminal terminal = Terminal.NONE;

    /// With a repository in `root`, which need not be there.
    public static Xenolith at(Path root) {
        var command = new Xenolith();
        command.environment.put("XENOLITH_REPO", root.toString());
        return command;
    }

    /// What a run left.
    public record Outcome(int exitCode, byte[] out, String err) {

        public String text() {
            return new String(out, UTF_8);
        }

        public JsonNode json() {
            return new JsonMapper().readTree(out);
        }
    }

    public Xenolith with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    Xenolith input(byte[] bytes) {
        input = bytes;
        return this;
    }

    /// In front of which somebody sits from now on.
    public Xenolith terminal(Terminal other) {
        terminal = other;
        return this;
    }

    public Outcome run(String... args) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int exitCode = Cli.run(new Surroundings(new ByteArrayInputStream(input), out, new PrintStream(err, true, UTF_8),
                environment, terminal), args);
        return new Outcome(exitCode, out.toByteArray(), err.toString(UTF_8));
    }

    /// Starts what runs until it is told to end.
    public RunningCommand start(String... args) {
        return RunningCommand.start(environment, args);
    }

    /// Runs what has to succeed.
    public Outcome ok(String... args) {
        var outcome = run(args);
        assertEquals(0, outcome.exitCode(), () -> String.join(" ", args) + ": " + outcome.err());
        return outcome;
    }

    /// Runs what has to succeed, and returns its document.
    public JsonNode json(String... args) {
        var all = new String[args.length + 1];
        all[0] = "--json";
        System.arraycopy(args, 0, all, 1, args.length);
        return ok(all).json();
    }

    /// Runs what has to fail, with a sentence that holds each of `words` and no stack trace.
    public Outcome fails(int exitCode, List<String> words, String... args) {
        var outcome = run(args);
        assertEquals(exitCode, outcome.exitCode(), () -> String.join(" ", args) + ": " + outcome.err() + outcome.text());
        assertEquals(List.of(), words.stream().filter(word -> !outcome.err().contains(word)).toList(), outcome.err());
        assertEquals(0, outcome.err().lines().filter(line -> line.startsWith("\tat ")).count(), outcome.err());
        return outcome;
    }

    /// A sparse image of `size` bytes with made-up data of 1 MiB at each of `offsets`.
    public static Path image(Path file, long size, long seed, long... offsets) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (long offset : offsets) {
                channel.write(ByteBuffer.wrap(SampleData.bytes(seed + offset, 1 << 20)), offset);
            }
            if (channel.size() < size) {
                channel.write(ByteBuffer.allocate(1), size - 1);
            }
        }
        return file;
    }

    public static Set<String> keys(JsonNode object) {
        return new TreeSet<>(object.propertyNames());
    }
}
