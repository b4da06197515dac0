package io.xenolith.bench.growth;

import io.xenolith.engine.map.MapBuilder;
import io.xenolith.engine.map.MapNode.SlotChunk;
import io.xenolith.engine.map.MapShape;
import io.xenolith.engine.point.PointDisk;
import io.xenolith.repository.Repository;
import io.xenolith.repository.pack.PackTable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The memory that the command takes, for a large disk and for a repository of more and more chunks.
///
/// | option            | meaning                                                                |
/// |-------------------|------------------------------------------------------------------------|
/// | `memory.gib`      | size of the disk, of which nothing is allocated                        |
/// | `memory.chunks`   | the numbers of chunks of the repositories, ascending                   |
/// | `memory.commands` | `no` leaves the commands out: then this is of little use               |
final class MemoryGrowth implements Simulation {

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public List<Figure> measure(Run run) throws Exception {
        var figures = new ArrayList<Figure>();
        if (run.commands(name())) {
            sparseDisk(run, figures);
        }
        for (long wanted : run.numbers("memory.chunks", "500K,2M")) {
            var packs = new SyntheticPacks(wanted);
            var repository = run.folder().resolve("chunks" + wanted);
            store(repository, packs);
            var at = ", %.1f million chunks".formatted(packs.chunks() / 1e6);
            figures.add(new Figure("block map" + at, TestRepository.packBytes(repository, "map") / 1048576.0, "MiB",
                    "of map packs; the data packs are sparse files of the right length"));
            if (run.commands(name())) {
                commands(repository, at, figures);
            }
        }
        return figures;
    }

    private static void sparseDisk(Run run, List<Figure> figures) throws IOException, InterruptedException {
        long gib = run.number("memory.gib", "1024");
        var repository = run.folder().resolve("sparse");
        var image = run.folder().resolve("disk.raw");
        makeSparse(image, gib << 30);
        var commands = new LinkedHashMap<String, List<Object>>();
        commands.put("init", List.of("init"));
        commands.put("backup", List.of("backup", "image", "--vm", "sparse", image));
        commands.put("restore", List.of("restore", "sparse@latest", "-o", run.folder().resolve("restored.raw")));
        for (var command : commands.entrySet()) {
            add(command.getKey() + ", a hole of %d GiB".formatted(gib), Command.run(repository, command.getValue().toArray()),
                    "", figures);
        }
    }

    private static void add(String name, Command.Taken taken, String note, List<Figure> figures) {
        figures.add(new Figure("most memory of " + name, taken.peakMiB(), "MiB", note));
        figures.add(new Figure("time of " + name, taken.seconds(), "s", ""));
    }

    private static void commands(Path repository, String at, List<Figure> figures) throws IOException, InterruptedException {
        Map<String, List<Object>> commands = new LinkedHashMap<>();
        commands.put("list", List.of("list"));
        commands.put("verify", List.of("verify"));
        commands.put("report", List.of("report"));
        commands.put("prune --dry-run", List.of("prune", "--keep-last", "1", "--dry-run"));
        for (var command : commands.entrySet()) {
            add(command.getKey() + at, Command.run(repository, command.getValue().toArray()),
                    "one machine, one point, no two chunks alike", figures);
        }
    }

    /// Stores a restore point of one disk that consists of all chunks of `packs`.
    private static void store(Path folder, SyntheticPacks packs) throws IOException {
        try (var repository = TestRepository.open(folder)) {
            storePacks(repository, folder, packs);
            storePoint(repository, packs);
        }
    }

    private static void storePacks(Repository repository, Path folder, SyntheticPacks packs) throws IOException {
        var tables = new ArrayList<PackTable>();
        for (long number = 0; number < packs.chunks() / SyntheticPacks.CHUNKS_PER_PACK; number++) {
            makeSparse(folder.resolve(SyntheticPacks.pack(number).name()), SyntheticPacks.PACK_BYTES);
            tables.add(SyntheticPacks.table(number));
            if (tables.size() == SyntheticPacks.PACKS_PER_SEGMENT) {
                repository.segments().write(tables);
                tables.clear();
            }
        }
    }

    private static void storePoint(Repository repository, SyntheticPacks packs) throws IOException {
        try (var session = repository.beginBackup()) {
            var disk = session.beginDisk();
            var map = MapBuilder.whole(disk);
            int perSlot = MapShape.SLOT_BYTES / SyntheticPacks.CHUNK_BYTES;
            for (long slot = 0; slot < packs.chunks() / perSlot; slot++) {
                var chunks = new ArrayList<SlotChunk>();
                for (int i = 0; i < perSlot; i++) {
                    chunks.add(new SlotChunk(i * SyntheticPacks.CHUNK_BYTES, SyntheticPacks.CHUNK_BYTES,
                            SyntheticPacks.id(slot * perSlot + i)));
                }
                map.slot(slot, chunks);
            }
            long size = packs.chunks() * SyntheticPacks.CHUNK_BYTES;
            var root = map.finish(size);
            disk.flushNodes();
            session.flush();
            var point = new PointDisk("disk", size, root, size, size, size, Optional.empty());
            TestRepository.addPoint(repository, "large", 0, point);
        }
    }

    private static void makeSparse(Path file, long length) throws IOException {
        Files.createDirectories(file.getParent());
        try (var sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(length);
        }
    }
}
