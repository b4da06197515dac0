package io.xenolith.repository.point;

import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.point.Consistency;
import io.xenolith.engine.point.Level;
import io.xenolith.engine.point.Machine;
import io.xenolith.engine.point.PointDisk;
import io.xenolith.engine.point.PointFile;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.engine.point.SkippedDisk;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// Restore points for tests.
public final class RandomPoints {

    private static final List<String> TEXTS =
            List.of("", "web", "Ünïcödé 机器 \uD83D\uDE80", "quote \" backslash \\ slash /", "tab\tline\nnull\0", "a@b@c");

    private RandomPoints() {
    }

    /// A point of `vm` at `time` (ISO-8601) with one disk and a random id.
    public static RestorePoint at(String vm, String time, Random random) {
        return at(vm, Instant.parse(time), random);
    }

    public static RestorePoint at(String vm, Instant time, Random random) {
        return new RestorePoint(Catalog.newId(random), Machine.named(vm), time, Level.FULL, Consistency.CRASH,
                List.of(disk("xvda", random)), List.of(), List.of(), List.of(), List.of(), Optional.empty(), 1.5, "xenolith test");
    }

    /// A point with anything that is allowed in its fields.
    static RestorePoint any(Random random) {
        var disks = new ArrayList<PointDisk>();
        for (int i = random.nextInt(1, 5); i > 0; i--) {
            disks.add(disk("xvd" + i, random));
        }
        var skipped = random.nextBoolean() ? List.of(new SkippedDisk(text(random), text(random))) : List.<SkippedDisk>of();
        var tags = random.nextBoolean() ? List.of(text(random), text(random)) : List.<String>of();
        return new RestorePoint(Catalog.newId(random), machine(random),
                Instant.ofEpochSecond(random.nextLong(-62167219200L, 253402300800L)),
                Level.values()[random.nextInt(4)], Consistency.values()[random.nextInt(3)], disks, files(random), skipped,
                random.nextBoolean() ? List.of(text(random)) : List.of(), tags,
                random.nextBoolean() ? Optional.of(Catalog.newId(random)) : Optional.empty(), random.nextDouble() * 1e6,
                text(random));
    }

    private static PointDisk disk(String name, Random random) {
        var root = new ChunkId(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
        return new PointDisk(name, random.nextLong(Long.MAX_VALUE), root, random.nextLong(Long.MAX_VALUE),
                random.nextLong(1000), 0, perhaps(random), perhaps(random), perhaps(random));
    }

    private static Machine machine(Random random) {
        return new Machine("vm" + random.nextInt(5), perhaps(random), perhaps(random));
    }

    private static List<PointFile> files(Random random) {
        var root = new ChunkId(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
        return random.nextBoolean() ? List.of(new PointFile("ova.xml", random.nextLong(Long.MAX_VALUE), root)) : List.of();
    }

    private static Optional<String> perhaps(Random random) {
        return random.nextBoolean() ? Optional.of(text(random)) : Optional.empty();
    }

    private static String text(Random random) {
        return TEXTS.get(random.nextInt(TEXTS.size()));
    }
}
