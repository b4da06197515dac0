package io.xenolith.bench.growth;

import io.xenolith.bench.result.GrowthResults;
import io.xenolith.bench.result.GrowthRow;
import io.xenolith.bench.result.Machine;
import io.xenolith.bench.result.ResultFile;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/// `RESULTS DIR [NAME…] [OPTION=VALUE…]`: runs the simulations of these names, or all, in a new folder under `DIR`, and
/// puts their figures into the file `RESULTS`.
public final class Growth {

    static final List<Simulation> ALL = List.of(new IndexGrowth(), new IncrementGrowth(), new ChainGrowth(),
            new UpkeepGrowth(), new PointsGrowth(), new ParallelGrowth(), new MemoryGrowth());

    private Growth() {
    }

    public static void main(String[] arguments) throws Exception {
        var results = Path.of(arguments[0]);
        var rest = List.of(arguments).subList(2, arguments.length);
        var names = rest.stream().filter(argument -> !argument.contains("=")).toList();
        for (var name : names) {
            if (ALL.stream().noneMatch(simulation -> simulation.name().equals(name))) {
                System.err.printf("there is no simulation %s; there are %s%n", name, ALL.stream().map(Simulation::name).toList());
                System.exit(2);
            }
        }
        for (var simulation : ALL) {
            if (names.isEmpty() || names.contains(simulation.name())) {
                run(simulation, results, Path.of(arguments[1]), rest);
            }
        }
    }

    private static void run(Simulation simulation, Path results, Path directory, List<String> arguments) throws Exception {
        var machine = Machine.observe();
        var folder = Files.createTempDirectory(directory, "growth-" + simulation.name());
        try {
            var figures = simulation.measure(new Run(folder, Run.options(arguments)));
            figures.forEach(figure ->
                    System.out.printf("%s: %s: %.4g %s%n", simulation.name(), figure.name(), figure.value(), figure.unit()));
            keep(results, machine.afterwards(), simulation, figures);
        } finally {
            Run.remove(folder);
        }
    }

    static void keep(Path results, Machine machine, Simulation simulation, List<Figure> figures) throws IOException {
        var before = Files.exists(results) ? ResultFile.read(results, GrowthResults.class) : new GrowthResults(machine, List.of());
        ResultFile.write(results, before.with(machine, simulation.name(), rows(simulation, figures)));
    }

    private static List<GrowthRow> rows(Simulation simulation, List<Figure> figures) {
        var today = LocalDate.now(ZoneOffset.UTC).toString();
        return figures.stream().map(figure -> new GrowthRow(simulation.name(), figure.name(), rounded(figure.value()),
                figure.unit(), figure.note(), today)).toList();
    }

    /// Four digits are more than any of this is exact to.
    private static double rounded(double value) {
        return new BigDecimal(value).round(new MathContext(4)).doubleValue();
    }
}
