package io.xenolith.sim.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Copy-on-write disks against plain arrays.
class DiskStoreTest {
    private static final int SIZE = 3 << 20;

    @TempDir
    Path directory;

    /// A disk and what it must hold.
    private record Modelled(DiskImage image, byte[] content) {
        void requireEqual(String why) throws IOException {
            var read = new byte[content.length];
            image.read(0, ByteBuffer.wrap(read));
            assertArrayEquals(content, read, why);
        }
    }

    @Test
    void disksHoldWhatWasWrittenWhateverIsForkedAndDeleted() throws IOException {
        long seed = Long.getLong("xenolith.seed", ThreadLocalRandom.current().nextLong(1L << 40));
        var random = new Random(seed);
        try (var store = new DiskStore(directory, Long.MAX_VALUE)) {
            var disks = new ArrayList<Modelled>();
            disks.add(new Modelled(store.create(SIZE), new byte[SIZE]));
            for (int step = 0; step < 150; step++) {
                int index = random.nextInt(disks.size());
                var disk = disks.get(index);
                switch (random.nextInt(6)) {
                    case 0 -> disks.add(new Modelled(store.fork(disk.image()), disk.content().clone()));
                    case 1 -> {
                        if (disks.size() > 1) {
                            store.delete(disk.image());
                            disks.remove(index);
                        }
                    }
                    default -> write(disk, random);
                }
            }
            for (var disk : disks) {
                disk.requireEqual("repeat with -Dxenolith.seed=" + seed);
            }
            for (var disk : disks) {
                store.delete(disk.image());
            }
            assertEquals(0, store.usedBytes());
        }
        try (var files = Files.list(directory)) {
            assertTrue(files.findAny().isEmpty(), "a deleted disk leaves no file");
        }
    }

    private static void write(Modelled disk, Random random) throws IOException {
        var bytes = new byte[1 + random.nextInt(200_000)];
        random.nextBytes(bytes);
        int offset = random.nextInt(SIZE - bytes.length);
        disk.image().write(offset, ByteBuffer.wrap(bytes));
        System.arraycopy(bytes, 0, disk.content(), offset, bytes.length);
    }

    @Test
    void aDeltaNamesTheBlocksOfAllFilesThatOnlyOneChainHas() throws IOException {
        try (var store = new DiskStore(directory, Long.MAX_VALUE)) {
            var disk = store.create(16L << 20);
            disk.write(0, ByteBuffer.wrap(new byte[] {1}));
            var base = store.fork(disk);
            disk.write(5 << 20, ByteBuffer.wrap(new byte[] {2}));
            var newer = store.fork(disk);
            assertEquals("{2}", newer.differingVhdBlocks(base).toString());
            assertEquals("{2}", base.differingVhdBlocks(newer).toString());
            assertEquals("{0, 2}", newer.allocatedVhdBlocks().toString());
        }
    }

    @Test
    void fullStorageTakesNoNewBlock() throws IOException {
        try (var store = new DiskStore(directory, 1 << 20)) {
            var disk = store.create(4 << 20);
            disk.write(0, ByteBuffer.allocate(1 << 20));
            assertThrows(StorageFullException.class, () -> disk.write(1 << 20, ByteBuffer.allocate(1)));
            disk.write(0, ByteBuffer.allocate(1 << 20));
            assertThrows(EOFException.class, () -> disk.read((4 << 20) - 1, ByteBuffer.allocate(2)));
        }
    }
}
