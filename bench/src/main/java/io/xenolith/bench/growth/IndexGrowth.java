package io.xenolith.bench.growth;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// An index of more and more chunks. 64 TiB of different data are a thousand million.
///
/// | option          | meaning                                                             |
/// |-----------------|---------------------------------------------------------------------|
/// | `index.chunks`  | the sizes at which it is looked at, ascending                       |
/// | `index.seconds` | how long each kind of look-up is measured                           |
/// | `index.step`    | by how many chunks it grows at once; 0, the default: all there are  |
final class IndexGrowth implements Simulation {

    private static final String RANDOM = "uniformly random ids, the worst case";
    private static final String ORDER = "in the order in which they were stored, as the same disk once more asks for them";

    @Override
    public String name() {
        return "index";
    }

    @Override
    public List<Figure> measure(Run run) throws Exception {
        var figures = new ArrayList<Figure>();
        var folder = run.folder().resolve("rocksdb");
        long before = 0;
        for (long wanted : run.numbers("index.chunks", "1M,10M,25M")) {
            long chunks = new SyntheticPacks(wanted).chunks();
            grow(run, folder, before, chunks, figures);
            probe(run, folder, chunks, figures);
            before = chunks;
        }
        return figures;
    }

    private static void grow(Run run, Path folder, long before, long chunks, List<Figure> figures) throws Exception {
        var values = FreshProcess.run(run, IndexFill.class, folder, before, chunks, run.number("index.step", "0"));
        var at = at(chunks);
        figures.add(new Figure("taking segments in" + at, (chunks - before) / values.get("seconds"), "chunks/s",
                "on top of %.1f million; made up and packed in the same time".formatted(before / 1e6)));
        figures.add(new Figure("most memory while taking in" + at, FreshProcess.peak(values), "MiB", ""));
        figures.add(new Figure("on disk" + at, (double) Run.bytesIn(folder) / chunks, "bytes/chunk", ""));
    }

    private static void probe(Run run, Path folder, long chunks, List<Figure> figures) throws Exception {
        var values = FreshProcess.run(run, IndexProbe.class, folder, chunks, run.options().getOrDefault("index.seconds", "4"));
        var at = at(chunks);
        figures.add(new Figure("opening" + at, values.get("open"), "s", ""));
        figures.add(new Figure("most memory while looking up" + at, FreshProcess.peak(values), "MiB",
                "%.0f MiB of it the heap, of which the JVM takes what -Xmx320m lets it have before it looks for garbage"
                        .formatted(values.get("heap"))));
        for (int threads : new int[] {1, 8}) {
            var by = threads == 1 ? ", 1 thread" : ", %d threads".formatted(threads);
            figures.add(new Figure("chunks that are not there" + by + at, values.get("miss" + threads), "1/s", ""));
            figures.add(new Figure("chunks that are there" + by + at, values.get("hit" + threads), "1/s", RANDOM));
            figures.add(new Figure("chunks of a known disk" + by + at, values.get("order" + threads), "1/s", ORDER));
        }
    }

    private static String at(long chunks) {
        return ", %.1f million chunks".formatted(chunks / 1e6);
    }
}
