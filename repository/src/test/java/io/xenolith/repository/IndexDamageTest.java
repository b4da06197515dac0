package io.xenolith.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.repository.index.IndexException;
import io.xenolith.repository.repair.IndexRepair;
import io.xenolith.repository.storage.MemoryStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The RocksDB can be lost, and damaged.
@ExtendWith(SeedExtension.class)
class IndexDamageTest {

    private static final int SIZE = 500_000;

    @TempDir
    private Path folder;

    private final MemoryStorage storage = new MemoryStorage();
    private final Kept kept = new Kept();

    private RepositoryFixture fixture(Path index) {
        return RepositoryFixture.existing(new RepositoryPlace(storage, null, index));
    }

    private Path makeRepository(Seed seed) throws Exception {
        var index = folder.resolve("index").resolve("rocksdb");
        var fixture = RepositoryFixture.create(new RepositoryPlace(storage, null, index), false);
        for (var vm : List.of("web", "db")) {
            var disk = RepositoryFixture.randomDisk(seed.random(vm.length()), SIZE);
            kept.add(fixture.full(vm, disk), disk);
        }
        return index;
    }

    private static TreeMap<Path, byte[]> files(Path index) throws IOException {
        var files = new TreeMap<Path, byte[]>();
        try (var list = Files.list(index)) {
            for (var file : list.toList()) {
                files.put(file, Files.readAllBytes(file));
            }
        }
        return files;
    }

    private static void write(Path index, TreeMap<Path, byte[]> files) throws IOException {
        try (var list = Files.list(index)) {
            for (var file : list.toList()) {
                Files.delete(file);
            }
        }
        for (var file : files.entrySet()) {
            Files.write(file.getKey(), file.getValue());
        }
    }

    @Test
    void aDamagedDatabaseIsMadeAnewOrToldHowTo(Seed seed) throws Exception {
        var index = makeRepository(seed);
        var random = seed.random();
        kept.assertAllThere(fixture(index));
        var whole = files(index);
        for (var name : whole.keySet()) {
            for (int how = 0; how < 4; how++) {
                var damaged = new TreeMap<>(whole);
                var bytes = whole.get(name).clone();
                switch (how) {
                    case 0 -> damaged.remove(name);
                    case 1 -> damaged.put(name, Arrays.copyOf(bytes, bytes.length / 2));
                    case 2 -> damaged.put(name, new byte[0]);
                    default -> {
                        if (bytes.length > 0) {
                            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                        }
                        damaged.put(name, bytes);
                    }
                }
                if (!Files.isDirectory(index)) {
                    Files.createDirectories(index);
                }
                write(index, damaged);
                assertUsable(index, name.getFileName() + " damaged in way " + how);
            }
        }
    }

    private void assertUsable(Path index, String what) throws Exception {
        var fixture = fixture(index);
        try {
            kept.assertAllThere(fixture);
        } catch (IndexException e) {
            assertTrue(e.getMessage().contains("'xenolith repair index'"), e.getMessage());
            try (var repository = fixture.open()) {
                new IndexRepair(repository).repair();
            }
            kept.assertAllThere(fixture);
        } catch (IOException | RuntimeException | AssertionError e) {
            throw new AssertionError(what + ": " + e.getMessage(), e);
        }
        assertEquals(List.of(), fixture.warnings, what);
    }

    @Test
    void aDatabaseFoundDamagedByAnUpdateIsMadeAnew(Seed seed) throws Exception {
        var index = makeRepository(seed);
        // given blocks that rot in each table file
        for (var file : files(index).entrySet()) {
            if (file.getKey().toString().endsWith(".sst")) {
                var bytes = file.getValue();
                bytes[10] ^= 1;
                Files.write(file.getKey(), bytes);
            }
        }
        // when a pack comes that the database does not know
        var disk = RepositoryFixture.randomDisk(seed.random(99), SIZE);
        var elsewhere = fixture(folder.resolve("elsewhere").resolve("rocksdb"));
        kept.add(elsewhere.full("new", disk), disk);
        var fixture = fixture(index);
        kept.assertAllThere(fixture);
        assertEquals(List.of(), fixture.warnings);
        assertTrue(Files.isDirectory(index));
    }

    @Test
    void whereNothingCanBeWrittenTheIndexIsTemporary(Seed seed) throws Exception {
        makeRepository(seed);
        var file = Files.createFile(folder.resolve("file"));
        var before = temporaries();
        var fixture = fixture(file.resolve("index").resolve("rocksdb"));
        kept.assertAllThere(fixture);
        assertEquals(1, fixture.warnings.size());
        assertTrue(fixture.warnings.getFirst().contains("temporary"), fixture.warnings.getFirst());
        var left = temporaries();
        left.removeAll(before);
        assertEquals(Set.of(), left);
        assertFalse(Files.isDirectory(file));
    }

    private static Set<Path> temporaries() throws IOException {
        try (var list = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return list.filter(path -> path.getFileName().toString().startsWith("xenolith-index"))
                    .collect(Collectors.toSet());
        }
    }
}
