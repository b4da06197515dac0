package io.xenolith.docs;

import static io.xenolith.repository.RepositoryFixture.NOON;
import static io.xenolith.repository.RepositoryFixture.randomDisk;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.engine.backup.ChangesSince;
import io.xenolith.engine.backup.DiskInput;
import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.codec.Compression;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import io.xenolith.engine.disk.SparseDisk;
import io.xenolith.engine.point.PointDisk;
import io.xenolith.engine.point.RestorePoint;
import io.xenolith.repository.RepositoryFixture;
import io.xenolith.repository.RepositoryPlace;
import io.xenolith.repository.config.Configuration;
import io.xenolith.repository.config.RepositoryKeys;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `format.md` is complete: a reader written from it alone reads what Xenolith writes, and finds what is damaged.
@ExtendWith(SeedExtension.class)
class ReaderTest {

    private static final int REGION = 32 << 20;
    private static final Instant TOMORROW = NOON.plusSeconds(86400);

    @TempDir
    private Path scratch;

    @TempDir
    private Path repository;

    @BeforeAll
    static void theReaderCanRun() throws Exception {
        Reader.assumeInstalled();
    }

    /// A disk of a restore point, and what was on it.
    private record Backed(RestorePoint point, PointDisk disk, SparseDisk content) {

        /// What the reader lists of it.
        String line() {
            return String.join("\t", point.id(), point.vm(), point.time().toString(), "full", disk.name(),
                    Long.toString(disk.size()), disk.root().toString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"zstd:3", "lz4", "none"})
    void everyDiskOfEveryPointIsListedAndRestored(String compression, Seed seed) throws Exception {
        var fixture = create(compression, 16 << 10);
        var backed = backUpSeveralMachines(fixture, seed.random());
        try (var repository = fixture.open()) {
            repository.settings().put("of/others", new byte[10]); // no business of a reader
        }

        var listed = Reader.run("list", repository);
        assertEquals(backed.stream().map(Backed::line).sorted().toList(), listed.lines().stream().sorted().toList());
        for (var disk : backed) {
            assertRestores(disk);
        }
        assertEquals(new Reader.Result(0, "3 points are whole\n"), Reader.run("check", repository));
    }

    /// Two machines, one of them twice; disks that are empty, all holes, of odd sizes, and of several regions and levels.
    private static List<Backed> backUpSeveralMachines(RepositoryFixture fixture, Random random) throws Exception {
        var system = randomDisk(random, 2_500_001);
        var wide = new SparseDisk(300_000_001);
        wide.write(0, system.bytes(100_000, 900_000));
        wide.write(REGION - 200_000, system.bytes(700_000, 900_000)); // over the end of a region
        wide.write(299_999_000, system.bytes(1000, 1001));
        var backed = new ArrayList<Backed>();
        add(backed, fixture.backup("web", NOON, new DiskInput.Whole("xvda", system.copy()),
                new DiskInput.Whole("xvdb", new SparseDisk(0))), system.copy(), new SparseDisk(0));
        add(backed, fixture.backup("dätabase", NOON, new DiskInput.Whole("sda", wide),
                new DiskInput.Whole("sdb", new SparseDisk(5_000_000))), wide, new SparseDisk(5_000_000));

        var edit = new byte[70_000];
        random.nextBytes(edit);
        system.write(1_234_567, edit);
        var changes = new ChangesSince(backed.getFirst().disk.root(), Extents.of(new Extent(1_234_567, edit.length)));
        add(backed, fixture.backup("web", TOMORROW, new DiskInput.Changed("xvda", system, changes)), system);
        return backed;
    }

    private static void add(List<Backed> backed, RestorePoint point, SparseDisk... contents) {
        for (int i = 0; i < contents.length; i++) {
            backed.add(new Backed(point, point.disks().get(i), contents[i]));
        }
    }

    private void assertRestores(Backed backed) throws Exception {
        var image = scratch.resolve(backed.point.id() + backed.disk.name());
        var result = Reader.run("restore", repository, backed.point.id().substring(0, 12), backed.disk.name(), image);
        assertEquals(new Reader.Result(0, ""), result);
        assertEquals(backed.content.size(), Files.size(image));
        try (var file = new RandomAccessFile(image.toFile(), "r")) {
            var found = new byte[1 << 20];
            for (long at = 0; at < backed.content.size(); at += found.length) {
                int length = (int) Math.min(found.length, backed.content.size() - at);
                file.readFully(found, 0, length);
                int mismatch = Arrays.mismatch(found, 0, length, backed.content.bytes(at, length), 0, length);
                assertEquals(-1, mismatch, "behind byte " + at);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {16 << 10, 64 << 10, 1 << 20})
    void theRootIdOfAnImageFollowsFromTheRule(int chunkSize, Seed seed) throws Exception {
        var fixture = create("lz4", chunkSize);
        var content = randomDisk(seed.random(), 1_500_000);
        var wide = new SparseDisk(270_000_003);
        wide.write(REGION - 700_000, content.bytes(0, 1_500_000));
        wide.write(269_999_999, content.bytes(0, 4));
        for (var disk : List.of(wide, new SparseDisk(0), new SparseDisk(1_000_000))) {
            var root = fixture.full("vm" + disk.size(), disk).disks().getFirst().root();
            var result = Reader.run("root", image(disk), "--chunk-size", chunkSize);
            assertEquals(new Reader.Result(0, root + "\n"), result);
        }
    }

    private Path image(SparseDisk disk) throws IOException {
        var image = scratch.resolve("image" + disk.size());
        try (var file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(disk.size());
            var written = disk.size() == 0 ? Extents.NONE : disk.allocated(new Extent(0, disk.size()));
            for (var extent : written) {
                file.seek(extent.offset());
                file.write(disk.bytes(extent.offset(), (int) extent.length()));
            }
        }
        return image;
    }

    /// Frames are not compressed here: of a zstd frame, a few bits are without meaning.
    @Test
    void aFlippedBitInAnyObjectIsFound(Seed seed) throws Exception {
        var random = seed.random();
        var fixture = create("none", 16 << 10);
        fixture.full("web", randomDisk(random, 700_000));
        try (var opened = fixture.open()) {
            for (var object : List.of("config", "config.copy")) {
                assertFlippedBitIsFound(object, random);
            }
            for (var folder : List.of("packs/", "points/", "segments/")) {
                for (var object : opened.storage().list(folder)) {
                    assertFlippedBitIsFound(object.name(), random);
                }
            }
        }
        assertEquals(0, Reader.run("check", repository).exitCode());
    }

    private void assertFlippedBitIsFound(String object, Random random) throws Exception {
        var path = repository.resolve(object);
        var whole = Files.readAllBytes(path);
        for (int at : List.of(random.nextInt(32), random.nextInt(whole.length), whole.length - 1 - random.nextInt(32))) {
            var damaged = whole.clone();
            damaged[at] ^= (byte) (1 << random.nextInt(8));
            Files.write(path, damaged);
            var result = Reader.run("check", repository);
            assertEquals(3, result.exitCode(), "byte %d of %s: %s".formatted(at, object, result.output()));
            assertTrue(result.output().contains(object), result.output());
        }
        Files.write(path, whole);
    }

    @Test
    void whatIsDamagedIsLeftOutOfARestoreAndTold(Seed seed) throws Exception {
        var fixture = create("none", 16 << 10);
        var disk = new SparseDisk(300_000);
        var content = new byte[20_000];
        seed.random().nextBytes(content);
        disk.write(196_608, content); // the second chunk or a later one, behind a hole
        disk.write(0, content);
        var point = fixture.full("web", disk);
        try (var opened = fixture.open()) {
            var pack = repository.resolve(opened.storage().list("packs/data/").getFirst().name());
            var bytes = Files.readAllBytes(pack);
            bytes[32] ^= 1; // the first byte of the first frame
            Files.write(pack, bytes);
        }
        var result = Reader.run("restore", repository, point.id(), "xvda", scratch.resolve("image"));
        assertEquals(3, result.exitCode(), result.output());
        assertTrue(result.output().contains("bytes 0 to "), result.output());
        assertTrue(result.output().contains("are left out"), result.output());
    }

    @Test
    void anEncryptedRepositoryIsRefused() throws Exception {
        RepositoryFixture.create(RepositoryPlace.directory(repository), true);
        var result = Reader.run("list", repository);
        assertEquals(1, result.exitCode());
        assertTrue(result.output().contains("the repository is encrypted"), result.output());
    }

    private RepositoryFixture create(String compression, int chunkSize) throws Exception {
        var place = RepositoryPlace.directory(repository);
        var wanted = new Configuration("00112233445566778899aabbccddeeff", NOON, "test", new Chunking(chunkSize),
                Compression.parse(compression), false, Optional.empty());
        RepositoryKeys.create(place.storage(), wanted, Optional.empty(), NOON, new SecureRandom()).close();
        return RepositoryFixture.existing(place);
    }
}
