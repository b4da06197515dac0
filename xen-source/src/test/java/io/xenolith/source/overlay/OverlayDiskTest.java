package io.xenolith.source.overlay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.engine.disk.DiskSource;
import io.xenolith.engine.disk.Extent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SeedExtension.class)
class OverlayDiskTest {

    private static final int BLOCK = OverlayDisk.BLOCK_BYTES;
    private static final int SIZE = 20 * BLOCK + 1000;

    @TempDir
    Path folder;

    /// A disk in memory.
    private record Below(byte[] bytes) implements DiskSource {
        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public void read(long offset, ByteBuffer target) {
            target.put(bytes, (int) offset, target.remaining());
        }

        @Override
        public void close() {
        }
    }

    private static byte[] content(DiskSource disk) throws IOException {
        var all = ByteBuffer.allocate((int) disk.size());
        disk.read(0, all);
        return all.array();
    }

    private static Below random(Seed seed) {
        var bytes = new byte[SIZE];
        seed.random().nextBytes(bytes);
        return new Below(bytes);
    }

    @Test
    void itReadsAsAnArrayWouldAndTheDiskBelowStaysAsItWas(Seed seed) throws IOException {
        var random = seed.random();
        var below = random(seed);
        var before = below.bytes().clone();
        var model = before.clone();
        try (var disk = OverlayDisk.over(below, new ScratchSpace(folder, SIZE + BLOCK))) {
            for (int step = 0; step < 600; step++) {
                int offset = random.nextInt(SIZE);
                int length = 1 + random.nextInt(Math.min(SIZE - offset, random.nextBoolean() ? 4096 : 3 * BLOCK));
                switch (random.nextInt(4)) {
                    case 0 -> {
                        var bytes = new byte[length];
                        random.nextBytes(bytes);
                        System.arraycopy(bytes, 0, model, offset, length);
                        disk.write(offset, ByteBuffer.wrap(bytes));
                    }
                    case 1 -> {
                        Arrays.fill(model, offset, offset + length, (byte) 0);
                        disk.zero(offset, length, random.nextBoolean());
                    }
                    case 2 -> {
                        disk.trim(offset, length);
                        int from = (offset + BLOCK - 1) / BLOCK * BLOCK;
                        int to = offset + length == SIZE ? SIZE : (offset + length) / BLOCK * BLOCK;
                        Arrays.fill(model, Math.min(from, to), Math.max(Math.min(from, to), to), (byte) 0);
                    }
                    default -> {
                        var target = ByteBuffer.allocate(length);
                        disk.read(offset, target);
                        assertArrayEquals(Arrays.copyOfRange(model, offset, offset + length), target.array());
                    }
                }
            }
            disk.flush();
            assertArrayEquals(model, content(disk));
            assertArrayEquals(before, below.bytes());
            // what is not said to be changed is as below, and what is not said to be allocated is zeros
            for (int at = 0; at < SIZE; at++) {
                assertTrue(model[at] == before[at] || disk.changed().intersects(at, at + 1));
                at += random.nextInt(500);
            }
            var allocated = disk.allocated(new Extent(0, SIZE));
            for (int at = 0; at < SIZE; at += 1 + random.nextInt(500)) {
                assertTrue(model[at] == 0 || allocated.intersects(at, at + 1));
            }
        }
    }

    @Test
    void writersOfOneBlockKeepEachOthersBytes(Seed seed) throws IOException {
        var below = random(seed);
        var expected = below.bytes().clone();
        try (var disk = OverlayDisk.over(below, new ScratchSpace(folder, SIZE + BLOCK))) {
            writeAllAtOnce(seed, disk, expected);
            assertArrayEquals(expected, content(disk));
        }
    }

    private static void writeAllAtOnce(Seed seed, OverlayDisk disk, byte[] expected) {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int piece = 0; piece < SIZE / 512; piece += 3) {
                var bytes = new byte[512];
                seed.random().nextBytes(bytes);
                int offset = piece * 512;
                System.arraycopy(bytes, 0, expected, offset, 512);
                threads.submit(() -> {
                    disk.write(offset, ByteBuffer.wrap(bytes));
                    return null;
                });
            }
        }
    }

    @Test
    void beyondItsRoomNothingIsTakenAndWhatWasTakenStays(Seed seed) throws IOException {
        var below = random(seed);
        var space = new ScratchSpace(folder, 2 * BLOCK);
        try (var disk = OverlayDisk.over(below, space)) {
            disk.write(5, ByteBuffer.wrap(new byte[] {1}));
            disk.write(BLOCK + 5, ByteBuffer.wrap(new byte[] {2}));
            assertThrows(ScratchFullException.class, () -> disk.write(2 * BLOCK, ByteBuffer.wrap(new byte[] {3})));
            assertThrows(ScratchFullException.class, () -> disk.zero(2 * BLOCK, BLOCK, true));
            // zeros take no room, and what has room can be written again
            disk.zero(2 * BLOCK, BLOCK, false);
            disk.trim(0, BLOCK);
            disk.write(6, ByteBuffer.wrap(new byte[] {4}));
            assertEquals(2 * BLOCK, space.used());
            var content = content(disk);
            assertEquals(0, content[5]);
            assertEquals(4, content[6]);
            assertEquals(2, content[BLOCK + 5]);
            assertEquals(0, content[2 * BLOCK]);
        }
    }

    @Test
    void itsFileHasNoName(Seed seed) throws IOException {
        try (var disk = OverlayDisk.over(random(seed), new ScratchSpace(folder, SIZE))) {
            disk.write(0, ByteBuffer.allocate(10));
            try (var files = Files.list(folder)) {
                assertEquals(0, files.count());
            }
        }
    }
}
