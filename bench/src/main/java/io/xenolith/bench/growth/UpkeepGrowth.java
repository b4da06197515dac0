package io.xenolith.bench.growth;

import io.xenolith.engine.Progress;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.repository.Repository;
import io.xenolith.repository.prune.Pruner;
import io.xenolith.repository.report.Reporter;
import io.xenolith.repository.verify.DataSelection;
import io.xenolith.repository.verify.Verifier;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Verifying, reporting and pruning with more and more points of a machine.
///
/// | option           | meaning                                                                  |
/// |------------------|--------------------------------------------------------------------------|
/// | `upkeep.points`  | the numbers of points at which it is measured, ascending                 |
/// | `upkeep.mib`     | size of the disk                                                         |
/// | `upkeep.changes` | blocks of 64 KiB, at random places, that are written to between two      |
final class UpkeepGrowth implements Simulation {

    private static final int WORKERS = 2;

    @Override
    public String name() {
        return "upkeep";
    }

    @Override
    public List<Figure> measure(Run run) throws Exception {
        var folder = run.folder().resolve("repository");
        var disk = new ChangingDisk(run.number("upkeep.mib", "512") << 20, 2);
        var chain = new PointChain(folder, disk, (int) run.number("upkeep.changes", "32"));
        var figures = new ArrayList<Figure>();
        for (long count : run.numbers("upkeep.points", "10,100,300")) {
            chain.growTo((int) count);
            try (var repository = TestRepository.open(folder)) {
                measure(repository, folder, chain.points(), figures);
            }
        }
        try (var repository = TestRepository.open(folder)) {
            prune(repository, chain.points(), figures);
        }
        return figures;
    }

    private static void measure(Repository repository, Path folder, List<RestorePoint> points, List<Figure> figures)
            throws IOException, InterruptedException {
        var at = ", %d points".formatted(points.size());
        repository.index(); // opening it is not what is measured
        long chunks = repository.index().packs().stream().mapToLong(pack -> pack.chunks()).sum();
        long mapBytes = TestRepository.packBytes(folder, "map");
        var note = "%d chunks and nodes in the repository, %.1f MiB of maps".formatted(chunks, mapBytes / 1048576.0);

        double structure = seconds(() -> verify(repository, points, new DataSelection.None()));
        figures.add(new Figure("verify, structure" + at, structure, "s", note));
        figures.add(new Figure("verify, structure, points" + at, points.size() / structure, "points/s", ""));
        figures.add(new Figure("verify, structure, chunks" + at, chunks / structure, "chunks/s", "each once"));

        double data = seconds(() -> verify(repository, points, new DataSelection.All()));
        long packed = repository.index().packs().stream().mapToLong(pack -> pack.length()).sum();
        figures.add(new Figure("verify --read-data" + at, packed / 1048576.0 / data, "MiB/s", "of packs, structure included"));

        double marking = seconds(() -> new Pruner(repository, 0.5, Progress.NONE).plan(List.of(), points));
        figures.add(new Figure("prune, marking" + at, marking, "s", ""));
        figures.add(new Figure("report" + at, seconds(() -> new Reporter(repository).report(points)), "s", ""));
    }

    private static void verify(Repository repository, List<RestorePoint> points, DataSelection selection)
            throws IOException, InterruptedException {
        if (!new Verifier(repository, WORKERS, Progress.NONE).verify(points, selection, Instant.now()).ok()) {
            throw new IOException("the repository is damaged");
        }
    }

    /// Keeps every tenth point.
    private static void prune(Repository repository, List<RestorePoint> points, List<Figure> figures) throws IOException {
        var kept = IntStream.range(0, points.size()).filter(i -> i % 10 == 9).mapToObj(points::get).toList();
        var removed = points.stream().filter(point -> !kept.contains(point)).toList();
        var pruner = new Pruner(repository, 0.9, Progress.NONE);
        var plan = pruner.plan(removed, kept);
        long began = System.nanoTime();
        var result = pruner.prune(plan);
        double seconds = (System.nanoTime() - began) / 1e9;
        figures.add(new Figure("prune, doing it, %d of %d points go".formatted(removed.size(), points.size()), seconds, "s",
                "%.1f MiB freed".formatted(result.freedBytes() / 1048576.0)));
        figures.add(new Figure("prune, rewriting", result.rewrittenBytes() / 1048576.0 / seconds, "MiB/s",
                "of packs that are partly needed, deleting included; one thread"));
    }

    private interface Step {
        void run() throws IOException, InterruptedException;
    }

    private static double seconds(Step step) throws IOException, InterruptedException {
        long began = System.nanoTime();
        step.run();
        return (System.nanoTime() - began) / 1e9;
    }
}
