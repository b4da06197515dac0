package io.xenolith.bench.growth;

import io.xenolith.engine.Progress;
import io.xenolith.engine.backup.ChangesSince;
import io.xenolith.engine.backup.DiskIngest;
import io.xenolith.engine.backup.Reading;
import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.repository.Repository;
import io.xenolith.repository.index.PackEntry;
import io.xenolith.repository.pack.PackKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// An increment of a large full disk with changes scattered all over it.
///
/// | option              | meaning                                               |
/// |---------------------|-------------------------------------------------------|
/// | `increment.gib`     | size of the disk                                      |
/// | `increment.changes` | changed blocks of 64 KiB, at random places            |
final class IncrementGrowth implements Simulation {

    private static final int WORKERS = 2;

    @Override
    public String name() {
        return "increment";
    }

    @Override
    public List<Figure> measure(Run run) throws Exception {
        long gib = run.number("increment.gib", "1024");
        int changes = (int) run.number("increment.changes", "10000");
        var folder = run.folder().resolve("repository");
        var figures = new ArrayList<Figure>();
        try (var repository = TestRepository.open(folder)) {
            var base = storeBase(repository, folder, gib << 30, figures);
            increment(repository, base, changes, figures);
        }
        return figures;
    }

    /// @param root of its block map
    private record Base(WideDisk disk, ChunkId root, Path folder) {
    }

    private static Base storeBase(Repository repository, Path folder, long size, List<Figure> figures)
            throws IOException, InterruptedException {
        var disk = new WideDisk(size, repository);
        long began = System.nanoTime();
        var root = disk.storeMap(repository);
        double seconds = (System.nanoTime() - began) / 1e9;
        figures.add(new Figure("block map of a full disk of %d GiB".formatted(size >> 30),
                mib(TestRepository.packBytes(folder, "map")), "MiB", ("in packs, written in %.0f s; the disk repeats a pool of "
                        + "chunks in ever different order, so its map has all nodes while its data is small")
                        .formatted(seconds)));
        return new Base(disk, root, folder);
    }

    private static void increment(Repository repository, Base base, int changes, List<Figure> figures)
            throws IOException, InterruptedException {
        long data = TestRepository.packBytes(base.folder, "data");
        long maps = TestRepository.packBytes(base.folder, "map");
        long nodes = nodeBytes(repository);
        var changed = base.disk.change(changes, new SplittableRandom(5));
        long began = System.nanoTime();
        try (var session = repository.beginBackup()) {
            var ingested = new DiskIngest(session, WORKERS, Progress.NONE)
                    .changed(base.disk, new ChangesSince(base.root, changed), repository.random());
            session.flush();
            if (!(ingested.reading() instanceof Reading.Changed)) {
                throw new IOException("the increment became a full: " + ingested.reading());
            }
            double seconds = (System.nanoTime() - began) / 1e9;
            double dataAdded = TestRepository.packBytes(base.folder, "data") - data;
            double mapsAdded = TestRepository.packBytes(base.folder, "map") - maps;
            var at = ", %d changed blocks".formatted(changes);
            figures.add(new Figure("increment" + at, seconds, "s", "%.0f MiB read from the source, %.0f MiB of them a sample"
                    .formatted(mib(ingested.bytesRead()), mib(((Reading.Changed) ingested.reading()).sampledBytes()))));
            figures.add(new Figure("new data in packs" + at, mib(dataAdded), "MiB",
                    "compressed; %.0f MiB before".formatted(mib(ingested.bytesNew()))));
            figures.add(new Figure("map nodes in packs" + at, mib(mapsAdded), "MiB",
                    "compressed; the ids of this disk repeat, which makes them shrink more than those of a real one"));
            double nodesAdded = nodeBytes(repository) - nodes;
            figures.add(new Figure("map nodes before compression" + at, mib(nodesAdded), "MiB", ""));
            figures.add(new Figure("map nodes, against new data" + at, 100 * nodesAdded / dataAdded, "%",
                    "nodes before compression, data behind it: ids hardly shrink, so about what a real disk has"));
        }
    }

    private static long nodeBytes(Repository repository) throws IOException {
        repository.index().refresh();
        return repository.index().packs().stream().filter(pack -> pack.id().kind() == PackKind.MAP)
                .mapToLong(PackEntry::rawBytes).sum();
    }

    private static double mib(double bytes) {
        return bytes / (1 << 20);
    }
}
