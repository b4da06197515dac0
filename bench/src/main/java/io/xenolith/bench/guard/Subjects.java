package io.xenolith.bench.guard;

import io.xenolith.bench.FirstBench;
import io.xenolith.bench.FormatBench;
import io.xenolith.bench.IncrementBench;
import io.xenolith.bench.IndexBench;
import io.xenolith.bench.MapBench;
import io.xenolith.bench.NbdBench;
import io.xenolith.bench.StageBench;
import io.xenolith.bench.StoredBench;
import java.util.ArrayList;
import java.util.List;

/// All that is guarded.
public final class Subjects {

    private static final int PACKS = 256;

    private final List<Subject> subjects = new ArrayList<>();

    private Subjects() {
        stage("id", StageBench::id, StageBench::bareSha256, 1);
        stage("id-keyed", StageBench::keyedId, StageBench::bareHmac, 1);
        stage("cut", StageBench::cut, StageBench::bareCrc, StageBench.DISK_MIB);
        stage("compress", StageBench::zstd, StageBench::bareZstd, 1);
        stage("compress-lz4", StageBench::lz4, StageBench::bareLz4, 1);
        stage("decompress", StageBench::unzstd, StageBench::bareUnzstd, 1);
        stage("seal", StageBench::seal, StageBench::bareSeal, 1);
        stage("open", StageBench::open, StageBench::bareSeal, 1);
        map("map-build", MapBench::build);
        map("map-walk", MapBench::walk);
        index("index-hit", IndexBench::hits, IndexBench::bareHits);
        index("index-miss", IndexBench::misses, IndexBench::bareMisses);

        first("first", 1, false);
        first("first-2", 2, false);
        first("first-encrypted", 1, true);
        first("first-encrypted-2", 2, true);
        stored("again", 1, false, StoredBench::again, StoredBench::digests);
        stored("again-2", 2, false, StoredBench::again, StoredBench::digests);
        stored("again-encrypted", 1, true, StoredBench::again, StoredBench::digests);
        increment("increment", 1, false);
        increment("increment-encrypted", 1, true);
        stored("restore", 1, false, StoredBench::restore, StoredBench::restoreParts);
        stored("restore-2", 2, false, StoredBench::restore, StoredBench::restoreParts);
        stored("restore-encrypted", 1, true, StoredBench::restore, StoredBench::restoreParts);
        stored("restore-encrypted-2", 2, true, StoredBench::restore, StoredBench::restoreParts);
        stored("verify", 1, false, StoredBench::verify, StoredBench::verifyParts);
        stored("verify-encrypted", 1, true, StoredBench::verify, StoredBench::verifyParts);

        format("xva-in", FormatBench::xvaIn, FormatBench::rawIn);
        format("vhd-in", FormatBench::vhdIn, FormatBench::rawIn);
        format("qcow2-in", FormatBench::qcow2In, FormatBench::rawIn);
        format("xva-out", FormatBench::xvaStreamOut, FormatBench::rawStreamOut);
        format("vhd-out", FormatBench::vhdFileOut, FormatBench::rawFileOut);
        format("qcow2-out", FormatBench::qcow2FileOut, FormatBench::rawFileOut);
        nbd("nbd-read", 1, NbdBench::reads);
        nbd("nbd-read-4", 4, NbdBench::reads);
        nbd("nbd-stream", 1, NbdBench::stream);
    }

    static List<Subject> all() {
        return List.copyOf(new Subjects().subjects);
    }

    /// The names of all guards, in the order in which they are measured.
    public static List<String> names() {
        return all().stream().map(Subject::name).toList();
    }

    /// @throws IllegalArgumentException if there is no guard of that name
    static Subject named(String name) {
        return all().stream().filter(subject -> subject.name().equals(name)).findAny().orElseThrow(() ->
                new IllegalArgumentException("no guard is called '%s'; there are: %s".formatted(name, String.join(", ", names()))));
    }

    private void add(String name, String group, String unit, Subject.Amount amount, Subject.Maker maker) {
        subjects.add(new Subject(name, group, unit, amount, maker));
    }

    private void stage(String name, Pair.Step<StageBench> ours, Pair.Step<StageBench> reference, int amount) {
        add(name, "stages", "MiB/s", _ -> amount, _ -> {
            var bench = new StageBench();
            bench.prepare();
            return Pair.of(bench, _ -> { }, ours, reference, StageBench::close);
        });
    }

    private void map(String name, Pair.Step<MapBench> ours) {
        add(name, "stages", "MiB/s", _ -> MapBench.DISK_MIB, _ -> {
            var bench = new MapBench();
            bench.prepare();
            return Pair.of(bench, _ -> { }, ours, MapBench::digests, MapBench::close);
        });
    }

    private void index(String name, Pair.Step<IndexBench> ours, Pair.Step<IndexBench> reference) {
        add(name, "stages", "1/s", _ -> IndexBench.LOOKUPS, _ -> {
            var bench = new IndexBench(PACKS);
            bench.prepare();
            return Pair.of(bench, _ -> { }, ours, reference, IndexBench::remove);
        });
    }

    private void first(String name, int workers, boolean encrypted) {
        add(name, "pipeline", "MiB/s", mib -> mib * workers, mib -> {
            var bench = new FirstBench(mib * workers, workers, encrypted);
            bench.prepare();
            return Pair.of(bench, FirstBench::makeEmpty, FirstBench::first, FirstBench::parts, FirstBench::remove);
        });
    }

    private void stored(String name, int workers, boolean encrypted, Pair.Step<StoredBench> ours,
            Pair.Step<StoredBench> reference) {
        add(name, "pipeline", "MiB/s", mib -> mib * workers, mib -> {
            var bench = new StoredBench(mib * workers, workers, encrypted);
            bench.prepare();
            return Pair.of(bench, _ -> { }, ours, reference, StoredBench::remove);
        });
    }

    private void increment(String name, int workers, boolean encrypted) {
        add(name, "pipeline", "MiB/s", mib -> mib * workers, mib -> {
            var bench = new IncrementBench(mib * workers, workers, encrypted);
            bench.prepare();
            return Pair.of(bench, IncrementBench::change, IncrementBench::increment, IncrementBench::parts,
                    IncrementBench::remove);
        });
    }

    private void format(String name, Pair.Step<FormatBench> ours, Pair.Step<FormatBench> reference) {
        add(name, "formats", "MiB/s", _ -> FormatBench.DISK_MIB, _ -> {
            var bench = new FormatBench();
            bench.prepare();
            return Pair.of(bench, _ -> { }, ours, reference, _ -> { });
        });
    }

    private void nbd(String name, int connections, Pair.Step<NbdBench> ours) {
        add(name, "nbd", "MiB/s", _ -> NbdBench.DISK_MIB, _ -> {
            var bench = new NbdBench(connections);
            bench.connect();
            return Pair.of(bench, _ -> { }, ours, NbdBench::sockets, NbdBench::disconnect);
        });
    }
}
