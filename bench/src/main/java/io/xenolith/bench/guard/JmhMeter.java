package io.xenolith.bench.guard;

import java.util.ArrayList;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/// Measures by [PairBench], each guard in a JVM of its own.
///
/// @param mib of disk for each worker
record JmhMeter(int mib) implements Meter {

    @Override
    public Measured measure(Subject subject) throws Exception {
        var options = new OptionsBuilder().include(PairBench.class.getName() + ".pair").param("guard", subject.name())
                .param("mib", Integer.toString(mib)).shouldFailOnError(true).verbosity(VerboseMode.SILENT).build();
        var rounds = new ArrayList<Measured.Round>();
        for (var fork : new Runner(options).runSingle().getBenchmarkResults()) {
            for (var iteration : fork.getIterationResults()) {
                rounds.add(new Measured.Round(counter(iteration, "oursNanos"), counter(iteration, "referenceNanos"),
                        counter(iteration, "pairs")));
            }
        }
        return new Measured(rounds);
    }

    private static double counter(IterationResult iteration, String name) {
        return iteration.getSecondaryResults().get(name).getScore();
    }
}
