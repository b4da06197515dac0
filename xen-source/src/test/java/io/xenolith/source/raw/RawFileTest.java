package io.xenolith.source.raw;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RawFileTest {
    private static final int MIB = 1 << 20;

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(ints = {1, 511, 512, 513, 4095, 4097, 65_536, 1_000_003})
    void aFileOfAnySizeReadsAsItIs(int size) throws IOException {
        var content = Bytes.random(size, size);
        try (var source = RawFile.open(Files.write(directory.resolve("disk"), content))) {
            assertEquals(size, source.size());
            assertArrayEquals(content, Bytes.read(source, 0, size));
            int third = size / 3;
            assertArrayEquals(Arrays.copyOfRange(content, third, size), Bytes.read(source, third, size - third));
        }
    }

    @Test
    void anEmptyFileIsADiskWithoutBytes() throws IOException {
        try (var source = RawFile.open(Files.createFile(directory.resolve("disk")))) {
            assertEquals(0, source.size());
            source.read(0, ByteBuffer.allocate(0));
        }
    }

    @Test
    void onlyTheRoomOfTheBufferIsFilled() throws IOException {
        var content = Bytes.random(1, 100);
        try (var source = RawFile.open(Files.write(directory.resolve("disk"), content))) {
            var target = ByteBuffer.allocateDirect(50).position(10).limit(30);
            source.read(7, target);
            assertEquals(30, target.position());
            assertEquals(ByteBuffer.wrap(content, 7, 20), target.flip().position(10));
        }
    }

    @Test
    void bytesOutsideTheDiskAreNotReadEvenIfTheFileGrew() throws IOException {
        var file = Files.write(directory.resolve("disk"), new byte[100]);
        try (var source = RawFile.open(file)) {
            Files.write(file, new byte[100], StandardOpenOption.APPEND);
            assertEquals(100, source.size());
            assertThrows(IllegalArgumentException.class, () -> Bytes.read(source, 51, 50));
            assertThrows(IllegalArgumentException.class, () -> Bytes.read(source, -1, 1));
            assertThrows(IllegalArgumentException.class, () -> Bytes.read(source, Long.MAX_VALUE, 1));
        }
    }

    @Test
    void everyWrittenByteIsAllocatedAndBigHolesAreNot() throws IOException {
        long seed = Long.getLong("xenolith.seed", System.nanoTime());
        var random = new Random(seed);
        var file = directory.resolve("disk");
        long size = 200L * MIB + 777;
        var written = new ArrayList<Extent>();
        try (var channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int i = 0; i < 40; i++) {
                var extent = new Extent(random.nextLong(size - 100_000), 1 + random.nextInt(100_000));
                channel.write(ByteBuffer.wrap(Bytes.random(i, (int) extent.length())), extent.offset());
                written.add(extent);
            }
        }
        TargetFile.setLength(file, size, file);
        var expected = Extents.of(written);
        try (var source = RawFile.open(file)) {
            var allocated = source.allocated(new Extent(0, size));
            assertEquals(expected, expected.intersect(allocated), "-Dxenolith.seed=" + seed);
            for (int i = 0; i < 100; i++) {
                long from = random.nextLong(size);
                var part = Extent.between(from, from + 1 + random.nextLong(size - from));
                assertEquals(allocated.intersect(Extents.of(part)), source.allocated(part), "-Dxenolith.seed=" + seed);
            }
            assumeTrue(knowsHoles(), "the file system does not tell holes");
            // block sizes up to 64 KiB round outward; nothing else may be added
            var atMost = expected.alignedOutward(1 << 16, size);
            assertEquals(allocated, allocated.intersect(atMost), "-Dxenolith.seed=" + seed);
        }
    }

    @Test
    void aFileThatIsAllHoleHasNothingAllocated() throws IOException {
        assumeTrue(knowsHoles(), "the file system does not tell holes");
        var file = sparseFile("disk", 10L << 40);
        try (var source = RawFile.open(file)) {
            assertEquals(Extents.NONE, source.allocated(new Extent(0, source.size())));
            assertEquals(Extents.NONE, source.allocated(new Extent(source.size() - 1, 1)));
        }
    }

    @Test
    void aFileWithoutHolesIsAllocatedThroughout() throws IOException {
        try (var source = RawFile.open(Files.write(directory.resolve("disk"), Bytes.random(1, 300_001)))) {
            assertEquals(Extents.of(new Extent(5, 300_000 - 5)), source.allocated(new Extent(5, 300_000 - 5)));
            assertEquals(Extents.of(new Extent(0, 300_001)), source.allocated(new Extent(0, 300_001)));
        }
    }

    @Test
    void beyondTheMostExtentsAllCountsAsData() throws IOException {
        assumeTrue(knowsHoles(), "the file system does not tell holes");
        var file = sparseFile("disk", 20 * MIB);
        for (int i = 0; i < 20; i += 2) {
            writeAt(file, (long) i * MIB, new byte[MIB]);
        }
        var identity = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        var found = SeekHole.allocated(file, identity, new Extent(0, 20 * MIB), 3);
        assertEquals(Extents.of(new Extent(0, MIB), new Extent(2 * MIB, MIB), new Extent(4 * MIB, 16 * MIB)), found);
    }

    @Test
    void theHolesOfAnotherFileUnderTheSameNameAreNotBelieved() throws IOException {
        var file = Files.write(directory.resolve("disk"), Bytes.random(1, MIB));
        try (var source = RawFile.open(file)) {
            Files.move(sparseFile("other", MIB), file, StandardCopyOption.REPLACE_EXISTING);
            assertEquals(Extents.of(new Extent(0, MIB)), source.allocated(new Extent(0, MIB)));
            assertArrayEquals(Bytes.random(1, MIB), Bytes.read(source, 0, MIB));
        }
    }

    @Test
    void aDeletedFileIsReadToItsEnd() throws IOException {
        var file = Files.write(directory.resolve("disk"), Bytes.random(1, MIB));
        try (var source = RawFile.open(file)) {
            Files.delete(file);
            assertEquals(Extents.of(new Extent(0, MIB)), source.allocated(new Extent(0, MIB)));
            assertArrayEquals(Bytes.random(1, MIB), Bytes.read(source, 0, MIB));
        }
    }

    @Test
    void aShrunkFileFailsWithItsNameSizeAndOffset() throws IOException {
        var file = Files.write(directory.resolve("disk"), Bytes.random(1, 100_000));
        try (var source = RawFile.open(file)) {
            truncate(file, 60_000);
            var e = assertThrows(EOFException.class, () -> Bytes.read(source, 50_000, 50_000));
            assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
            assertTrue(e.getMessage().contains("100000"), e.getMessage());
            assertTrue(e.getMessage().contains("60000"), e.getMessage());
            assertArrayEquals(Arrays.copyOf(Bytes.random(1, 100_000), 60_000), Bytes.read(source, 0, 60_000));
        }
    }

    @Test
    void whatAShrunkFileLostIsNoHole() throws IOException {
        var file = Files.write(directory.resolve("disk"), Bytes.random(1, 100_000));
        try (var source = RawFile.open(file)) {
            truncate(file, 10);
            assertThrows(EOFException.class, () -> source.allocated(new Extent(50_000, 50_000)));
        }
    }

    @Test
    void manyThreadsReadAndAskAtOnce() throws Exception {
        var content = Bytes.random(7, 3 * MIB + 1);
        try (var source = RawFile.open(Files.write(directory.resolve("disk"), content));
                var threads = Executors.newFixedThreadPool(8)) {
            var all = new Extent(0, content.length);
            var readers = new ArrayList<Callable<Void>>();
            for (int i = 0; i < 64; i++) {
                int from = i * 40_000;
                readers.add(() -> {
                    assertEquals(Extents.of(all), source.allocated(all));
                    assertArrayEquals(Arrays.copyOfRange(content, from, from + 9_999), Bytes.read(source, from, 9_999));
                    return null;
                });
            }
            for (Future<Void> done : threads.invokeAll(readers)) {
                done.get();
            }
        }
    }

    @Test
    void askingForHolesLeavesNoDescriptorOpen() throws IOException {
        var descriptors = Path.of("/proc/self/fd");
        assumeTrue(Files.isDirectory(descriptors), "no /proc here");
        var file = Files.write(directory.resolve("disk"), new byte[10]);
        try (var source = RawFile.open(file)) {
            for (int i = 0; i < 10; i++) {
                source.allocated(new Extent(0, 10));
            }
            assertEquals(1, descriptorsOf(file, descriptors).size());
        }
        assertEquals(List.of(), descriptorsOf(file, descriptors));
    }

    @Test
    void aBlockDeviceIsReadAsAWhole() throws Exception {
        var content = Bytes.random(3, 5 * MIB + 512);
        var device = LoopDevice.over(Files.write(directory.resolve("disk"), content));
        assumeTrue(device.isPresent(), "no loop devices here");
        try (var loop = device.get(); var source = RawFile.open(loop.path())) {
            assertEquals(content.length, source.size());
            assertArrayEquals(content, Bytes.read(source, 0, content.length));
            assertArrayEquals(Arrays.copyOfRange(content, 1001, 2002), Bytes.read(source, 1001, 1001));
            assertEquals(Extents.of(new Extent(3, 99)), source.allocated(new Extent(3, 99)));
        }
    }

    /// Whether the file system of the test's directory tells data from holes.
    private boolean knowsHoles() throws IOException {
        var probe = sparseFile("probe", MIB);
        var identity = Files.readAttributes(probe, BasicFileAttributes.class).fileKey();
        boolean knows = SeekHole.allocated(probe, identity, new Extent(0, MIB), 10).isEmpty();
        assertFalse(!knows && Files.getFileStore(directory).type().startsWith("ext"), "ext4 tells holes");
        return knows;
    }

    private Path sparseFile(String name, long size) throws IOException {
        var file = directory.resolve(name);
        TargetFile.setLength(file, size, file);
        return file;
    }

    private static void writeAt(Path file, long offset, byte[] bytes) throws IOException {
        try (var open = new RandomAccessFile(file.toFile(), "rw")) {
            open.seek(offset);
            open.write(bytes);
        }
    }

    private static void truncate(Path file, long size) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(size);
        }
    }

    private static List<Path> descriptorsOf(Path file, Path descriptors) throws IOException {
        var found = new ArrayList<Path>();
        try (var all = Files.newDirectoryStream(descriptors)) {
            for (var descriptor : all) {
                if (Files.exists(descriptor) && Files.isSameFile(descriptor, file)) {
                    found.add(descriptor);
                }
            }
        }
        return found;
    }
}
