package io.xenolith.bench.growth;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A JVM of its own with the options of `bin/xenolith`, so that memory is counted as a user would see it. What runs in it
/// prints figures as lines `name value`.
final class FreshProcess {

    /// As in `bin/xenolith`.
    private static final List<String> COMMAND_OPTIONS = List.of("--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow", "-XX:+UseSerialGC", "-Xmx320m", "-Xss512k", "-XX:-UsePerfData");

    private static final String PEAK = "peak";

    private FreshProcess() {
    }

    /// Runs the `main` of a class and returns the values that it printed.
    ///
    /// @param run its option `under` names a command to run the process under, such as `nice`
    /// @throws IOException if it fails; what it said is in the message
    static Map<String, Double> run(Run run, Class<?> main, Object... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        if (run.options().containsKey("under")) {
            command.addAll(List.of(run.options().get("under").split(" ")));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(COMMAND_OPTIONS);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        for (var argument : arguments) {
            command.add(argument.toString());
        }
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said;
        try (var output = process.getInputStream()) {
            said = new String(output.readAllBytes(), StandardCharsets.UTF_8);
        }
        if (process.waitFor() != 0) {
            throw new IOException("%s failed:%n%s".formatted(main.getSimpleName(), said));
        }
        return values(said);
    }

    private static Map<String, Double> values(String said) {
        var values = new LinkedHashMap<String, Double>();
        said.lines().map(line -> line.split(" ")).filter(words -> words.length == 2)
                .forEach(words -> values.put(words[0], Double.parseDouble(words[1])));
        return values;
    }

    /// Prints a value, from within such a process.
    static void print(String name, double value) {
        System.out.println(name + " " + value);
    }

    /// Prints the most memory that this process has had, from within it.
    static void printPeak() throws IOException {
        print(PEAK, peakMiB());
    }

    /// What [#printPeak()] printed, in MiB.
    static double peak(Map<String, Double> values) {
        return values.get(PEAK);
    }

    /// The most memory that this process has had, the page cache's pages that it maps included.
    private static double peakMiB() throws IOException {
        for (var line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmHWM:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
            }
        }
        throw new IOException("/proc/self/status does not tell the peak of memory; this runs on Linux only");
    }
}
