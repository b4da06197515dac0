package io.xenolith.bench.growth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.bench.result.GrowthResults;
import io.xenolith.bench.result.Machine;
import io.xenolith.bench.result.ResultFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Each simulation runs, so that none rots. What it measures here is no figure to quote.
class SimulationsRunTest {

    /// As small as they get; the command needs a build, so it is left out.
    private static final Map<String, String> TINY = Run.options(List.of("index.chunks=100K,200K", "index.seconds=0.1",
            "increment.gib=1", "increment.changes=20", "chain.mib=8", "chain.points=3", "chain.changes=2", "chain.rounds=1",
            "upkeep.mib=8", "upkeep.points=2,4", "upkeep.changes=2", "parallel.mib=4", "parallel.machines=2",
            "parallel.commands=no", "points.count=4,8", "points.machines=2", "points.mib=4", "points.commands=no",
             "memory.gib=1", "memory.chunks=100K", "memory.commands=no"));

    @TempDir
    private Path folder;

    static List<Simulation> all() {
        return Growth.ALL;
    }

    @ParameterizedTest
    @MethodSource("all")
    void everySimulationRuns(Simulation simulation) throws Exception {
        var figures = simulation.measure(new Run(Files.createDirectory(folder.resolve(simulation.name())), TINY));
        assertFalse(figures.isEmpty());
        figures.forEach(figure -> assertTrue(Double.isFinite(figure.value()) && figure.value() >= 0, figure.toString()));
        assertEquals(figures.size(), figures.stream().map(Figure::name).distinct().count());
    }

    @Test
    void aNewRunReplacesTheFiguresOfItsSimulationAndNoOthers() throws Exception {
        // given results of two simulations
        var file = folder.resolve("results/growth.json");
        var index = new IndexGrowth();
        Growth.keep(file, Machine.observe(), index, List.of(new Figure("a", 1, "s", ""), new Figure("b", 2, "s", "")));
        Growth.keep(file, Machine.observe(), new ChainGrowth(), List.of(new Figure("c", 3, "s", "")));
        // when one is measured again
        Growth.keep(file, Machine.observe(), index, List.of(new Figure("a", 12.34567, "s", "")));
        // then the file has its new figures and the other's old ones
        assertEquals(List.of("c 3.0", "a 12.35"), ResultFile.read(file, GrowthResults.class).rows().stream()
                .map(row -> row.name() + " " + row.value()).toList());
    }

    @Test
    void anOptionIsANumberWithItsThousands() {
        var run = new Run(folder, Run.options(List.of("a=1.5M,64K,7", "b=1G")));
        assertEquals(List.of(1_500_000L, 64_000L, 7L), run.numbers("a", "0"));
        assertEquals(1_000_000_000, run.number("b", "0"));
        assertEquals(5, run.number("c", "5"));
    }
}
