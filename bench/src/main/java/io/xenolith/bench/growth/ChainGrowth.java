package io.xenolith.bench.growth;

import io.xenolith.engine.Progress;
import io.xenolith.engine.disk.DiskTarget;
import io.xenolith.engine.map.BlockMap;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.engine.restore.DiskRestore;
import io.xenolith.repository.pack.PackKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/// Restoring the first and the last point of a long chain of increments.
///
/// | option          | meaning                                                                  |
/// |-----------------|--------------------------------------------------------------------------|
/// | `chain.points`  | how long the chain is                                                    |
/// | `chain.mib`     | size of the disk                                                         |
/// | `chain.changes` | blocks of 64 KiB, at random places, that are written to between two      |
/// | `chain.rounds`  | how often each is restored                                               |
final class ChainGrowth implements Simulation {

    private static final int WORKERS = 2;
    private static final int STRETCH_CHUNKS = 16 << 10; // which a restore sorts by frames

    @Override
    public String name() {
        return "chain";
    }

    @Override
    public List<Figure> measure(Run run) throws Exception {
        var repository = run.folder().resolve("repository");
        var disk = new ChangingDisk(run.number("chain.mib", "1024") << 20, 1);
        int changes = (int) run.number("chain.changes", "16");
        var chain = new PointChain(repository, disk, changes);
        int length = (int) run.number("chain.points", "1000");
        var figures = new ArrayList<Figure>();
        chain.growTo(1);
        figures.add(new Figure("an increment, 2 points", chain.growTo(2), "s", "%d changed blocks of 64 KiB".formatted(changes)));
        figures.add(new Figure("an increment, %d points".formatted(length), chain.growTo(length), "s", ""));

        var first = new ArrayList<Double>();
        var last = new ArrayList<Double>();
        for (int round = 0; round < run.number("chain.rounds", "7"); round++) {
            first.add(restore(repository, chain.points().getFirst()));
            last.add(restore(repository, chain.points().getLast()));
        }
        figures.add(new Figure("restoring the first point", median(first), "MiB/s",
                "median of the disk's data without holes; nothing is written, all comes out of the page cache"));
        figures.add(new Figure("restoring point %d".formatted(length), median(last), "MiB/s",
                "%d %% of its blocks were written to after the first".formatted(rewritten(length, changes, disk.size()))));
        figures.add(new Figure("time of the last, against the first", median(first) / median(last), "", ""));
        figures.add(new Figure("decoded for a byte of the first point", decoded(repository, chain.points().getFirst()), "bytes",
                "whole frames, each once for %,d chunks".formatted(STRETCH_CHUNKS)));
        figures.add(new Figure("decoded for a byte of point %d".formatted(length), decoded(repository, chain.points().getLast()),
                "bytes", "likewise; one chunk in a frame may be all that is left of the frame"));
        return figures;
    }

    /// The share of blocks that are hit at least once, in percent.
    private static long rewritten(int points, int changes, long size) {
        return Math.round(100 * (1 - Math.exp(-(double) (points - 1) * changes / (size >> 16))));
    }

    /// @return MiB a second
    private static double restore(Path folder, RestorePoint point) throws IOException, InterruptedException {
        try (var repository = TestRepository.open(folder)) {
            var stored = repository.chunks();
            var restore = new DiskRestore(stored, stored, repository.identity(), WORKERS, Progress.NONE);
            var target = new Nowhere();
            long began = System.nanoTime();
            restore.restore(point.disks().getFirst().root(), target);
            return target.bytes.sum() / 1048576.0 / ((System.nanoTime() - began) / 1e9);
        }
    }

    /// Bytes of frames that have to be decoded for each byte of the point, each frame once for a stretch.
    private static double decoded(Path folder, RestorePoint point) throws IOException {
        var frames = new HashSet<List<Integer>>(); // by pack and number
        long decoded = 0;
        long bytes = 0;
        int chunks = 0;
        try (var repository = TestRepository.open(folder)) {
            var disk = point.disks().getFirst();
            for (var chunk : BlockMap.open(repository.chunks(), disk.root()).chunks(0, disk.size())) {
                if (chunks++ % STRETCH_CHUNKS == 0) {
                    frames.clear();
                }
                var place = repository.index().locate(PackKind.DATA, chunk.id()).getFirst();
                var table = repository.index().table(place.pack());
                int frame = table.frameOf(place.ordinal());
                bytes += chunk.length();
                decoded += frames.add(List.of(place.pack(), frame)) ? table.frameRawLength(frame) : 0;
            }
        }
        return (double) decoded / bytes;
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    /// Counts what it is given and forgets it.
    private static final class Nowhere implements DiskTarget {
        private final LongAdder bytes = new LongAdder();

        @Override
        public boolean sequential() {
            return false;
        }

        @Override
        public boolean needsZeros() {
            return false;
        }

        @Override
        public void write(long offset, ByteBuffer content) {
            bytes.add(content.remaining());
            content.position(content.limit());
        }

        @Override
        public void commit() {
        }

        @Override
        public void close() {
        }
    }
}
