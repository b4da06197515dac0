package io.xenolith.bench.growth;

import io.xenolith.engine.Progress;
import io.xenolith.engine.backup.DiskIngest;
import io.xenolith.engine.parallel.Crew;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/// Backs several machines up at once in one session, as `backup vm --parallel` does: `FOLDER MACHINES BYTES`, each with one
/// disk of so many bytes.
final class ParallelIngest {

    private static final int WORKERS = 2; // for each disk, as many as there are cores here

    private ParallelIngest() {
    }

    public static void main(String[] arguments) throws Exception {
        int machines = Integer.parseInt(arguments[1]);
        long bytes = Long.parseLong(arguments[2]);
        try (var repository = TestRepository.open(Path.of(arguments[0]))) {
            long began = System.nanoTime();
            try (var session = repository.beginBackup()) {
                List<Callable<Void>> tasks = new ArrayList<>();
                for (int i = 0; i < machines; i++) {
                    var vm = "vm" + i;
                    var disk = new ChangingDisk(bytes, 100 + i);
                    tasks.add(() -> {
                        var ingested = new DiskIngest(session, WORKERS, Progress.NONE).whole(disk);
                        session.flush();
                        TestRepository.addPoint(repository, vm, 0, ingested.named("disk"));
                        return null;
                    });
                }
                Crew.all("vm", machines, tasks);
            }
            FreshProcess.print("seconds", (System.nanoTime() - began) / 1e9);
        }
        FreshProcess.printPeak();
    }
}
