package io.xenolith.bench.growth;

import io.xenolith.engine.parallel.Crew;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/// More and more machines that are backed up at once, in one process and in as many.
///
/// | option              | meaning                                              |
/// |---------------------|------------------------------------------------------|
/// | `parallel.machines` | how many at once, besides one alone                  |
/// | `parallel.mib`      | size of each machine's disk                          |
/// | `parallel.commands` | `no` leaves the processes out                        |
final class ParallelGrowth implements Simulation {

    @Override
    public String name() {
        return "parallel";
    }

    @Override
    public List<Figure> measure(Run run) throws Exception {
        int machines = (int) run.number("parallel.machines", "8");
        long mib = run.number("parallel.mib", "256");
        var figures = new ArrayList<Figure>();
        double[] alone = new double[2];
        for (int count : new int[] {1, machines}) {
            var by = ", %d at once".formatted(count);
            var one = FreshProcess.run(run, ParallelIngest.class, run.folder().resolve("one" + count), count, mib << 20);
            double together = count * mib / one.get("seconds");
            alone[0] = count == 1 ? together : alone[0];
            figures.add(new Figure("machines in one process" + by, together, "MiB/s",
                    "of disk, %d MiB each, all different, 30 %% holes; %.2f times one alone"
                            .formatted(mib, together / alone[0])));
            figures.add(new Figure("most memory, one process" + by, FreshProcess.peak(one), "MiB", ""));

            if (!run.commands(name())) {
                continue;
            }
            var several = commands(run.folder(), count, mib << 20);
            double each = count * mib / several.seconds();
            alone[1] = count == 1 ? each : alone[1];
            figures.add(new Figure("machines in a process each" + by, each, "MiB/s",
                    "of the command, its start included; %.2f times one alone".formatted(each / alone[1])));
            figures.add(new Figure("most memory, of one of the processes" + by, several.peakMiB(), "MiB", ""));
        }
        return figures;
    }

    private static Command.Taken commands(Path folder, int count, long bytes) throws IOException, InterruptedException {
        var repository = folder.resolve("several" + count);
        Command.run(repository, "init");
        var backups = new ArrayList<Callable<Command.Taken>>();
        for (int i = 0; i < count; i++) {
            var image = folder.resolve("%d-%d.raw".formatted(count, i));
            new ChangingDisk(bytes, 200 + i).writeTo(image);
            var vm = "vm" + i;
            backups.add(() -> Command.run(repository, "backup", "image", "--vm", vm, image));
        }
        long began = System.nanoTime();
        var taken = Crew.all("command", count, backups);
        return new Command.Taken((System.nanoTime() - began) / 1e9,
                taken.stream().mapToDouble(Command.Taken::peakMiB).max().orElseThrow());
    }
}
