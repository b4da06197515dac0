package io.xenolith.bench.growth;

import io.xenolith.engine.parallel.Crew;
import io.xenolith.repository.index.ChunkIndex;
import io.xenolith.repository.pack.PackKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/// Looks chunks up in an index that is there: `FOLDER CHUNKS SECONDS`. Prints look-ups a second by all threads together.
final class IndexProbe {

    private static final int RUN = 1 << 14; // chunks of a disk that lie one behind the other: a gigabyte

    private final ChunkIndex index;
    private final long chunks;
    private final double seconds;

    private IndexProbe(ChunkIndex index, long chunks, double seconds) {
        this.index = index;
        this.chunks = chunks;
        this.seconds = seconds;
    }

    public static void main(String[] arguments) throws Exception {
        var packs = new SyntheticPacks(Long.parseLong(arguments[1]));
        long began = System.nanoTime();
        try (var index = ChunkIndex.open(packs.sources(), Path.of(arguments[0]))) {
            FreshProcess.print("open", (System.nanoTime() - began) / 1e9);
            FreshProcess.printPeak();
            var probe = new IndexProbe(index, packs.chunks(), Double.parseDouble(arguments[2]));
            for (int threads : new int[] {1, 8}) {
                FreshProcess.print("miss" + threads, probe.lookUp(threads, false, probe::unknown));
                FreshProcess.print("hit" + threads, probe.lookUp(threads, true, probe::any));
                FreshProcess.print("order" + threads, probe.lookUp(threads, true, probe::inOrder));
            }
        }
        FreshProcess.printPeak();
        FreshProcess.print("heap", Runtime.getRuntime().totalMemory() / 1048576.0);
    }

    /// Where a thread's next chunk comes from.
    private interface Choice {
        LongSupplier by(SplittableRandom random);
    }

    private LongSupplier any(SplittableRandom random) {
        return () -> random.nextLong(chunks);
    }

    private LongSupplier unknown(SplittableRandom random) {
        return () -> chunks + random.nextLong(Long.MAX_VALUE / 8);
    }

    /// Runs of chunks as a disk has them that was backed up before, each at a random place.
    private LongSupplier inOrder(SplittableRandom random) {
        return new LongSupplier() {
            private long next;
            private int left;

            @Override
            public long getAsLong() {
                if (left-- == 0) {
                    next = random.nextLong(Math.max(1, chunks - RUN));
                    left = RUN;
                }
                return next++ % chunks;
            }
        };
    }

    private double lookUp(int threads, boolean there, Choice choice) throws IOException, InterruptedException {
        time(threads, there, choice, seconds / 4, 1); // warms caches and compilers up
        return time(threads, there, choice, seconds, 2);
    }

    private double time(int threads, boolean there, Choice choice, double limit, long seed)
            throws IOException, InterruptedException {
        var random = new SplittableRandom(seed);
        var looked = new LongAdder();
        long began = System.nanoTime();
        long end = began + (long) (limit * 1e9);
        Crew.work("look-up", threads, () -> {
            var chosen = choice.by(split(random));
            while (System.nanoTime() < end) {
                var id = SyntheticPacks.id(chosen.getAsLong());
                if (index.contains(PackKind.DATA, id) != there) {
                    throw new IOException("the index is wrong about " + id);
                }
                looked.increment();
            }
        });
        return looked.sum() / ((System.nanoTime() - began) / 1e9);
    }

    private static SplittableRandom split(SplittableRandom random) {
        synchronized (random) {
            return random.split();
        }
    }
}
