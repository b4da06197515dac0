package io.xenolith.bench.growth;

import io.xenolith.engine.Progress;
import io.xenolith.engine.backup.ChangesSince;
import io.xenolith.engine.backup.DiskIngest;
import io.xenolith.engine.backup.IngestedDisk;
import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.repository.Repository;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// What the commands that look take with many restore points in an encrypted repository.
///
/// | option            | meaning                                                             |
/// |-------------------|---------------------------------------------------------------------|
/// | `points.count`    | the number of points, ascending                                     |
/// | `points.machines` | whose they are, as many of each                                     |
/// | `points.mib`      | size of a machine's disk                                            |
/// | `points.changes`  | blocks of 64 KiB that are written to from one point to the next     |
/// | `points.commands` | `no` leaves the commands out: then this is of little use            |
final class PointsGrowth implements Simulation {

    private static final int RUNS = 3;

    @Override
    public String name() {
        return "points";
    }

    @Override
    public List<Figure> measure(Run run) throws Exception {
        var folder = run.folder().resolve("repository");
        var machines = new ArrayList<Vm>();
        for (int i = 0; i < run.number("points.machines", "20"); i++) {
            machines.add(new Vm("vm" + i, new ChangingDisk(run.number("points.mib", "32") << 20, i)));
        }
        int changes = (int) run.number("points.changes", "3");
        var figures = new ArrayList<Figure>();
        for (long count : run.numbers("points.count", "1K,10K")) {
            long began = System.nanoTime();
            try (var repository = TestRepository.openEncrypted(folder)) {
                while ((long) machines.getFirst().nights * machines.size() < count) {
                    night(machines, changes, repository);
                }
            }
            figures.add(new Figure("making the points, %d points".formatted(count), (System.nanoTime() - began) / 1e9, "s",
                    "all machines of a night in one session"));
            if (run.commands(name())) {
                commands(folder, ", %d points".formatted(count), figures);
            }
        }
        return figures;
    }

    private static void night(List<Vm> machines, int changes, Repository repository) throws IOException, InterruptedException {
        try (var session = repository.beginBackup()) {
            var ingest = new DiskIngest(session, 1, Progress.NONE);
            var made = new ArrayList<IngestedDisk>();
            for (var machine : machines) {
                made.add(machine.backUp(ingest, changes, repository.random()));
            }
            session.flush();
            for (int i = 0; i < machines.size(); i++) {
                var machine = machines.get(i);
                TestRepository.addPoint(repository, machine.name, machine.nights++, made.get(i).named("disk"));
            }
        }
    }

    /// The first runs write a summary and accounts for the others.
    private static void commands(Path repository, String at, List<Figure> figures) throws IOException, InterruptedException {
        Command.run(repository, "list");
        figures.add(new Figure("first `report`" + at, Command.run(repository, "report").seconds(), "s", "which counts all"));
        for (var command : List.<List<Object>>of(List.of("list"), List.of("show", "vm0@latest"), List.of("report"))) {
            var seconds = new ArrayList<Double>();
            for (int i = 0; i < RUNS; i++) {
                seconds.add(Command.run(repository, command.toArray()).seconds());
            }
            figures.add(new Figure("`%s`%s".formatted(command.getFirst(), at), seconds.stream().sorted().toList().get(RUNS / 2),
                    "s", "median of %d, the start and the password included".formatted(RUNS)));
        }
    }

    /// A machine whose disk changes every night.
    private static final class Vm {
        private final String name;
        private final ChangingDisk disk;
        private ChunkId last;
        private int nights;

        Vm(String name, ChangingDisk disk) {
            this.name = name;
            this.disk = disk;
        }

        IngestedDisk backUp(DiskIngest ingest, int changes, RandomGenerator random) throws IOException, InterruptedException {
            var ingested = last == null ? ingest.whole(disk)
                    : ingest.changed(disk, new ChangesSince(last, disk.change(changes)), random);
            last = ingested.root();
            return ingested;
        }
    }
}
