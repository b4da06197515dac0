package io.xenolith.bench.guard;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/// Ours and the reference in turns, each first in every other pair, so that neither always finds the caches as the other left
/// them. A turn takes from half a millisecond to half a second: what disturbs the machine for longer hits both.
///
/// The JVM has the garbage collector of the command.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
    "-XX:+UseSerialGC", "-Xms1g", "-Xmx1g"})
@Warmup(iterations = 4, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 9, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class PairBench {

    @Param("id")
    private String guard;

    /// Of disk for each worker, where the guard is of a pipeline.
    @Param("64")
    private int mib;

    private Pair pair;
    private boolean oursFirst;

    /// What the turns of an iteration took, all together.
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Turns {
        public long oursNanos;
        public long referenceNanos;
        public long pairs;
    }

    @Setup
    public void make() throws Exception {
        pair = Subjects.named(guard).maker().make(mib);
    }

    @Benchmark
    public void pair(Turns turns, Blackhole sink) throws Exception {
        oursFirst = !oursFirst;
        pair.prepareTurn();
        if (oursFirst) {
            turns.oursNanos += nanos(pair::ours, sink);
            turns.referenceNanos += nanos(pair::reference, sink);
        } else {
            turns.referenceNanos += nanos(pair::reference, sink);
            turns.oursNanos += nanos(pair::ours, sink);
        }
        turns.pairs++;
    }

    private interface Turn {
        Object take() throws Exception;
    }

    private static long nanos(Turn turn, Blackhole sink) throws Exception {
        long start = System.nanoTime();
        sink.consume(turn.take());
        return System.nanoTime() - start;
    }

    @TearDown
    public void close() throws Exception {
        pair.close();
    }
}
