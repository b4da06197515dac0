package io.xenolith.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.bench.guard.Subjects;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/// Each benchmark runs, so that none rots. What it measures here is no figure to quote.
class BenchmarksRunTest {

    private static final List<String> BENCHMARKS = List.of("StageBench", "MapBench", "IndexBench", "FirstBench", "StoredBench",
            "IncrementBench", "FormatBench", "NbdBench", "NbdCodecBench");

    /// On disks of 1 MiB, since making a disk takes longer than what is done with it.
    @Test
    void everyBenchmarkRuns() throws Exception {
        var results = run(options("io.xenolith.bench.\\w+Bench").param("diskMib", "1").param("packs", "2"));
        var ran = results.stream().map(result -> result.getParams().getBenchmark().split("\\.")[3]).collect(Collectors.toSet());
        assertEquals(Set.copyOf(BENCHMARKS), ran);
    }

    @Test
    void everyGuardRuns() throws Exception {
        var guards = Subjects.names().toArray(String[]::new);
        var results = run(options("io.xenolith.bench.guard").param("guard", guards).param("mib", "1"));
        assertEquals(guards.length, results.size());
    }

    private static ChainedOptionsBuilder options(String include) {
        return new OptionsBuilder().include(include).forks(0).warmupIterations(0).measurementIterations(1)
                .measurementTime(TimeValue.milliseconds(20)).shouldFailOnError(true).verbosity(VerboseMode.SILENT);
    }

    private static Collection<RunResult> run(ChainedOptionsBuilder options) throws RunnerException {
        var results = new Runner(options.build()).run();
        results.forEach(result -> assertTrue(result.getPrimaryResult().getScore() > 0));
        return results;
    }

    /// What is measured is the way of the whole disk, into each format and out of it.
    @Test
    void everyFormatGivesTheDiskBack() throws Exception {
        for (Taking taking : List.<Taking>of(FormatBench::rawIn, FormatBench::xvaIn, FormatBench::vhdIn, FormatBench::qcow2In)) {
            var bench = new FormatBench();
            bench.prepare();
            taking.from(bench);
            assertArrayEquals(FormatBench.DISK.bytes(), bench.taken);
        }
    }

    /// Else a restore that writes nothing would be the fastest.
    @Test
    void theDiskThatIsRestoredIsTheOneThatWasStored() throws Exception {
        for (boolean encrypted : new boolean[] {false, true}) {
            var bench = new StoredBench(1, 2, encrypted);
            bench.prepare();
            bench.restore();
            assertArrayEquals(bench.disk(), bench.restored());
            bench.remove();
        }
    }

    private interface Taking {
        int from(FormatBench bench) throws IOException;
    }
}
