package io.xenolith.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/// Each benchmark runs, so that none rots. What it measures here is no figure to quote.
class BenchmarksRunTest {

    private static final int STAGES = 8;
    private static final int PIPELINES = 4;
    private static final int FORMATS = 9;
    private static final int NBD_MESSAGES = 4;
    private static final int NBD_READS = 6;

    @Test
    void everyBenchmarkRuns() throws Exception {
        var options = new OptionsBuilder().include("io.xenolith.bench").forks(0).warmupIterations(0)
                .measurementIterations(1).measurementTime(TimeValue.milliseconds(50)).shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT).build();
        var results = new Runner(options).run();
        assertEquals(STAGES + PIPELINES + FORMATS + NBD_MESSAGES + NBD_READS, results.size());
        results.forEach(result -> assertTrue(result.getPrimaryResult().getScore() > 0));
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

    private interface Taking {
        int from(FormatBench bench) throws IOException;
    }
}
