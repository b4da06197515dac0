package io.xenolith.bench.growth;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// The figures that are kept, in `bench/results/growth.json`.
///
/// @param machine where they were measured
record Results(Machine machine, List<Row> rows) {

    private static final JsonMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /// @param processor what the kernel calls it
    /// @param memoryMiB of the whole machine
    record Machine(String processor, int cores, long memoryMiB, String kernel, String java) {

        static Machine here() throws IOException {
            return new Machine(line("/proc/cpuinfo", "model name"), Runtime.getRuntime().availableProcessors(),
                    Long.parseLong(line("/proc/meminfo", "MemTotal").replaceAll("\\D", "")) / 1024,
                    System.getProperty("os.version"), Runtime.version().toString());
        }

        private static String line(String file, String key) throws IOException {
            try (var lines = Files.lines(Path.of(file))) {
                return lines.filter(line -> line.startsWith(key)).findFirst()
                        .map(line -> line.substring(line.indexOf(':') + 1).strip()).orElse("0");
            }
        }
    }

    /// A figure, the simulation that it comes from, and the day.
    record Row(String simulation, String name, double value, String unit, String note, String day) {

        static Row of(Simulation simulation, Figure figure) {
            return new Row(simulation.name(), figure.name(), rounded(figure.value()), figure.unit(), figure.note(),
                    LocalDate.now().toString());
        }

        /// Four digits are more than any of this is exact to.
        private static double rounded(double value) {
            double unit = Math.pow(10, Math.ceil(Math.log10(Math.max(1e-9, Math.abs(value)))) - 4);
            return unit < 1 ? (double) Math.round(value / unit) / Math.round(1 / unit) : Math.round(value / unit) * unit;
        }
    }

    /// What `file` holds; nothing, if it is not there.
    static Results read(Path file) throws IOException {
        return Files.exists(file) ? JSON.readValue(Files.readAllBytes(file), Results.class)
                : new Results(Machine.here(), List.of());
    }

    /// With the figures of a simulation in place of what it measured before.
    Results with(Simulation simulation, List<Figure> figures) throws IOException {
        var all = new ArrayList<>(rows.stream().filter(row -> !row.simulation().equals(simulation.name())).toList());
        figures.forEach(figure -> all.add(Row.of(simulation, figure)));
        return new Results(Machine.here(), all);
    }

    void write(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, JSON.writeValueAsString(this) + "\n");
    }
}
