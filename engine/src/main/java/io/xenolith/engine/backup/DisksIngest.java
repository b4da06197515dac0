package io.xenolith.engine.backup;

import io.xenolith.engine.Progress;
import io.xenolith.engine.parallel.Crew;
import io.xenolith.engine.point.PointDisk;
import io.xenolith.engine.store.ChunkStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;

/// Ingests the disks of a machine, several side by side. Safe for use by several threads, each with a machine.
public final class DisksIngest {

    private static final int DISKS_AT_A_TIME = 4; // bounds memory: each disk has its own workers, and they their buffers

    private final DiskIngest ingest;
    private final RandomGenerator random;

    /// @param workers threads for each disk
    /// @param random  draws the samples of increments
    public DisksIngest(ChunkStore store, int workers, Progress progress, RandomGenerator random) {
        this.ingest = new DiskIngest(store, workers, progress);
        this.random = random;
    }

    /// Ingests all disks, in any order.
    ///
    /// @return what became of them, in the order in which they were given
    /// @throws IOException the first failure of a source or of the store; the other disks are given up
    public List<PointDisk> ingest(List<DiskInput> disks) throws IOException, InterruptedException {
        var tasks = new ArrayList<Callable<PointDisk>>();
        for (var disk : disks) {
            tasks.add(() -> ingest(disk).named(disk.name()));
        }
        return Crew.all("disk", Math.clamp(disks.size(), 1, DISKS_AT_A_TIME), tasks);
    }

    private IngestedDisk ingest(DiskInput disk) throws IOException, InterruptedException {
        return switch (disk) {
            case DiskInput.Whole whole -> ingest.whole(whole.source());
            case DiskInput.Stream stream -> ingest.stream(stream.stream());
            case DiskInput.Changed changed -> ingest.changed(changed.source(), changed.changes(), random);
            case DiskInput.Delta delta -> ingest.delta(delta.delta(), delta.base());
            case DiskInput.WholeInstead whole -> ingest.wholeInstead(whole.source(), whole.reason());
        };
    }
}
