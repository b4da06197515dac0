package io.xenolith.source.raw;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SparseFileTargetTest {
    @TempDir
    Path directory;
    Path file;

    @BeforeEach
    void nameTheTarget() {
        file = directory.resolve("disk.raw");
    }

    @Test
    void writesInAnyOrderFromManyThreadsMakeUpTheDisk() throws Exception {
        long seed = Long.getLong("xenolith.seed", System.nanoTime());
        var content = Bytes.random(seed, 1_234_567);
        var pieces = new ArrayList<Callable<Void>>();
        try (var target = SparseFileTarget.create(file, content.length, false);
                var threads = Executors.newFixedThreadPool(8)) {
            for (int from = 0; from < content.length; from += 10_007) {
                var piece = ByteBuffer.wrap(content, from, Math.min(10_007, content.length - from));
                long offset = from;
                pieces.add(() -> {
                    target.write(offset, piece);
                    return null;
                });
            }
            Collections.shuffle(pieces, new Random(seed));
            for (Future<Void> done : threads.invokeAll(pieces)) {
                done.get();
            }
            target.commit();
        }
        assertArrayEquals(content, Files.readAllBytes(file), "-Dxenolith.seed=" + seed);
        assertEquals(List.of(file), left());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 513, 1L << 40})
    void whatIsNotWrittenIsAHole(long size) throws IOException {
        try (var target = SparseFileTarget.create(file, size, false)) {
            assertFalse(target.needsZeros());
            assertFalse(target.sequential());
            target.commit();
        }
        assertEquals(size, Files.size(file));
        try (var disk = RawFile.open(file)) {
            int length = (int) Math.min(size, 1000);
            assertArrayEquals(new byte[length], Bytes.read(disk, size - length, length));
        }
    }

    @Test
    void closedWithoutCommitItLeavesNothing() throws IOException {
        try (var target = SparseFileTarget.create(file, 1000, false)) {
            target.write(0, ByteBuffer.wrap(new byte[1000]));
            assertFalse(Files.exists(file));
            assertTrue(left().getFirst().getFileName().toString().startsWith(".disk.raw.xenolith-partial-"));
        }
        assertEquals(List.of(), left());
    }

    @Test
    void anExistingFileIsNotReplacedWithoutForce() throws IOException {
        Files.writeString(file, "precious");
        var e = assertThrows(TargetExistsException.class, () -> SparseFileTarget.create(file, 10, false));
        assertTrue(e.getMessage().contains("--force"), e.getMessage());
        assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
        assertEquals("precious", Files.readString(file));
        assertEquals(List.of(file), left());
    }

    @Test
    void aFileThatAppearsBeforeTheCommitIsNotReplacedWithoutForce() throws IOException {
        try (var target = SparseFileTarget.create(file, 10, false)) {
            Files.writeString(file, "precious");
            assertThrows(TargetExistsException.class, target::commit);
        }
        assertEquals("precious", Files.readString(file));
        assertEquals(List.of(file), left());
    }

    @Test
    void withForceTheOldFileStaysUntilTheCommit() throws IOException {
        Files.writeString(file, "old");
        try (var target = SparseFileTarget.create(file, 3, true)) {
            target.write(0, ByteBuffer.wrap("new".getBytes()));
            assertEquals("old", Files.readString(file));
            target.commit();
        }
        assertEquals("new", Files.readString(file));
        assertEquals(List.of(file), left());
    }

    @Test
    void withForceButWithoutCommitTheOldFileStays() throws IOException {
        Files.writeString(file, "old");
        SparseFileTarget.create(file, 3, true).close();
        assertEquals("old", Files.readString(file));
        assertEquals(List.of(file), left());
    }

    @Test
    void forceReplacesTheFileBehindALink() throws IOException {
        Files.writeString(file, "old");
        var link = Files.createSymbolicLink(directory.resolve("link"), file);
        assertThrows(TargetExistsException.class, () -> SparseFileTarget.create(link, 1, false));
        try (var target = SparseFileTarget.create(link, 1, true)) {
            target.commit();
        }
        assertTrue(Files.isSymbolicLink(link));
        assertEquals(1, Files.size(file));
    }

    @Test
    void forceReplacesNoDirectoryAndNoDevice() throws IOException {
        var taken = Files.createDirectory(directory.resolve("taken"));
        assertThrows(FileSystemException.class, () -> SparseFileTarget.create(taken, 1, true));
        assumeTrue(Files.exists(Path.of("/dev/null")), "no devices here");
        assertThrows(FileSystemException.class, () -> SparseFileTarget.create(Path.of("/dev/null"), 1, true));
        var link = Files.createSymbolicLink(directory.resolve("link"), Path.of("/dev/null"));
        assertThrows(FileSystemException.class, () -> SparseFileTarget.create(link, 1, true));
    }

    @Test
    void aMissingDirectoryIsToldByName() {
        var e = assertThrows(IOException.class,
                () -> SparseFileTarget.create(directory.resolve("absent/disk.raw"), 1, false));
        assertTrue(e.getMessage().contains("no directory " + directory.resolve("absent")), e.getMessage());
    }

    @Test
    void aDirectoryThatTakesNoFilesIsToldByName() {
        var kernels = Path.of("/sys/kernel"); // takes no files even from root
        assumeTrue(Files.isDirectory(kernels), "no /sys here");
        var e = assertThrows(IOException.class, () -> SparseFileTarget.create(kernels.resolve("disk.raw"), 1, false));
        assertTrue(e.getMessage().contains("cannot create /sys/kernel/disk.raw"), e.getMessage());
    }

    @Test
    void aSizeThatTheFileSystemCannotHoldFailsAndLeavesNothing() throws IOException {
        assumeTrue(Files.getFileStore(directory).type().startsWith("ext"), "other file systems may hold it");
        var e = assertThrows(IOException.class, () -> SparseFileTarget.create(file, Long.MAX_VALUE, false));
        assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
        assertEquals(List.of(), left());
    }

    @Test
    void aNameOfTheGreatestLengthWillDo() throws IOException {
        var longest = directory.resolve("x".repeat(255));
        try (var target = SparseFileTarget.create(longest, 5, false)) {
            target.commit();
        }
        assertEquals(List.of(longest), left());
    }

    @Test
    void afterAFailedWriteItCannotBeCommitted() throws IOException {
        try (var target = SparseFileTarget.create(file, 10, false)) {
            Thread.currentThread().interrupt();
            assertThrows(ClosedByInterruptException.class, () -> target.write(0, ByteBuffer.allocate(10)));
            assertTrue(Thread.interrupted());
            assertThrows(IOException.class, target::commit);
        }
        assertEquals(List.of(), left());
    }

    @Test
    void writesOutsideTheDiskAreRefused() throws IOException {
        try (var target = SparseFileTarget.create(file, 10, false)) {
            assertThrows(IllegalArgumentException.class, () -> target.write(5, ByteBuffer.allocate(6)));
            assertThrows(IllegalArgumentException.class, () -> target.write(-1, ByteBuffer.allocate(1)));
        }
    }

    @Test
    void aSecondCommitIsMisuse() throws IOException {
        try (var target = SparseFileTarget.create(file, 10, false)) {
            target.commit();
            assertThrows(IllegalStateException.class, target::commit);
        }
        assertEquals(10, Files.size(file));
    }

    private List<Path> left() throws IOException {
        try (var entries = Files.list(directory)) {
            return entries.toList();
        }
    }
}
