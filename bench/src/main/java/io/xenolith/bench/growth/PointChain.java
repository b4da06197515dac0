package io.xenolith.bench.growth;

import io.xenolith.engine.Progress;
import io.xenolith.engine.backup.ChangesSince;
import io.xenolith.engine.backup.DiskIngest;
import io.xenolith.engine.backup.IngestedDisk;
import io.xenolith.engine.backup.Reading;
import io.xenolith.engine.point.RestorePoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// The restore points of one machine, night by night: a full, then increments of scattered changes. Each night is a run of
/// its own and leaves its own packs, as far as they got.
final class PointChain {

    private static final int WORKERS = 2;

    private final Path folder;
    private final ChangingDisk disk;
    private final int changes;
    private final List<RestorePoint> points = new ArrayList<>();

    /// @param folder  of the repository
    /// @param changes blocks of 64 KiB that are written to each day
    PointChain(Path folder, ChangingDisk disk, int changes) {
        this.folder = folder;
        this.disk = disk;
        this.changes = changes;
    }

    List<RestorePoint> points() {
        return points;
    }

    /// Goes on until there are `count` points.
    ///
    /// @return seconds that the last night took
    double growTo(int count) throws IOException, InterruptedException {
        double seconds = 0;
        try (var repository = TestRepository.open(folder)) {
            while (points.size() < count) {
                long began = System.nanoTime();
                try (var session = repository.beginBackup()) {
                    var ingest = new DiskIngest(session, WORKERS, Progress.NONE);
                    var ingested = points.isEmpty() ? ingest.whole(disk) : increment(ingest, repository.random());
                    session.flush();
                    points.add(TestRepository.addPoint(repository, "chain", points.size(), ingested.named("disk")));
                }
                seconds = (System.nanoTime() - began) / 1e9;
            }
        }
        return seconds;
    }

    private IngestedDisk increment(DiskIngest ingest, RandomGenerator random)
            throws IOException, InterruptedException {
        var base = points.getLast().disks().getFirst().root();
        var ingested = ingest.changed(disk, new ChangesSince(base, disk.change(changes)), random);
        if (!(ingested.reading() instanceof Reading.Changed)) {
            throw new IOException("the increment became a full: " + ingested.reading());
        }
        return ingested;
    }
}
