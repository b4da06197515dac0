package io.xenolith.bench.growth;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// `bin/xenolith` as a user runs it.
final class Command {

    private static final int SAMPLE_MILLIS = 10;

    private Command() {
    }

    /// What a run of the command took.
    ///
    /// @param peakMiB the most memory, as seen every 10 ms
    record Taken(double seconds, double peakMiB) {
    }

    /// Runs the command on a repository and waits for its end.
    ///
    /// @throws IOException if it fails; what it said is in the message
    static Taken run(Path repository, Object... arguments) throws IOException, InterruptedException {
        return start(repository, arguments).taken();
    }

    /// Starts the command; `taken()` has to be called soon after.
    static Started start(Path repository, Object... arguments) throws IOException {
        var root = Path.of(System.getProperty("xenolith.root"));
        var words = new ArrayList<>(List.of(root.resolve("bin/xenolith").toString(), "-q", "-r", repository.toString()));
        for (var argument : arguments) {
            words.add(argument.toString());
        }
        var said = Files.createTempFile("growth", ".log");
        var process = new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(said.toFile());
        process.environment().put("XENOLITH_PASSWORD", TestRepository.PASSWORD);
        return new Started(words, process.start(), said, System.nanoTime());
    }

    record Started(List<String> words, Process process, Path said, long began) {

        Taken taken() throws IOException, InterruptedException {
            double peak = 0;
            while (process.isAlive()) {
                peak = Math.max(peak, peakMiB());
                Thread.sleep(SAMPLE_MILLIS);
            }
            double seconds = (System.nanoTime() - began) / 1e9;
            var output = Files.readString(said);
            Files.delete(said);
            if (process.exitValue() != 0) {
                throw new IOException("%s ended with %d:%n%s".formatted(String.join(" ", words), process.exitValue(), output));
            }
            return new Taken(seconds, peak);
        }

        /// The kernel keeps the peak, so that samples miss nothing but a process's last moment.
        private double peakMiB() {
            try (var lines = Files.lines(Path.of("/proc/%d/status".formatted(process.pid())))) {
                return lines.filter(line -> line.startsWith("VmHWM:")).findFirst()
                        .map(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024.0).orElse(0.0);
            } catch (IOException | UncheckedIOException _) {
                return 0; // it has just ended
            }
        }
    }
}
