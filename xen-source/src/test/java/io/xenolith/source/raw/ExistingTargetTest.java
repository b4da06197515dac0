package io.xenolith.source.raw;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExistingTargetTest {
    private static final byte[] OLD = Bytes.random(1, 10_000);
    private static final byte[] PATCH = Bytes.random(2, 1_000);

    @TempDir
    Path directory;
    Path file;

    @BeforeEach
    void writeTheOldState() throws IOException {
        file = Files.write(directory.resolve("disk"), OLD);
    }

    @Test
    void whatIsNotWrittenStays() throws IOException {
        try (var target = ExistingTarget.open(file, OLD.length)) {
            assertTrue(target.needsZeros());
            var held = ByteBuffer.allocate(PATCH.length);
            target.read(5_000, held);
            assertArrayEquals(Arrays.copyOfRange(OLD, 5_000, 6_000), held.array());
            target.write(5_000, ByteBuffer.wrap(PATCH));
            target.commit();
        }
        assertArrayEquals(patched(OLD, 5_000), Files.readAllBytes(file));
    }

    @Test
    void aShortFileGrows() throws IOException {
        try (var target = ExistingTarget.open(file, 20_000)) {
            var held = ByteBuffer.wrap(Bytes.random(3, 10_000));
            target.read(10_000, held);
            assertArrayEquals(new byte[10_000], held.array());
            target.write(19_000, ByteBuffer.wrap(PATCH));
            target.commit();
        }
        assertArrayEquals(patched(Arrays.copyOf(OLD, 20_000), 19_000), Files.readAllBytes(file));
    }

    @Test
    void aLongFileIsCutAtTheCommit() throws IOException {
        try (var target = ExistingTarget.open(file, 3_000)) {
            target.write(0, ByteBuffer.wrap(PATCH));
            assertEquals(OLD.length, Files.size(file));
            target.commit();
        }
        assertArrayEquals(patched(Arrays.copyOf(OLD, 3_000), 0), Files.readAllBytes(file));
    }

    @Test
    void aLongFileIsNotCutWithoutACommit() throws IOException {
        ExistingTarget.open(file, 3_000).close();
        assertArrayEquals(OLD, Files.readAllBytes(file));
    }

    @Test
    void afterAFailedWriteItCannotBeCommittedNorCut() throws IOException {
        try (var target = ExistingTarget.open(file, 3_000)) {
            Thread.currentThread().interrupt();
            assertThrows(ClosedByInterruptException.class, () -> target.write(0, ByteBuffer.allocate(10)));
            assertTrue(Thread.interrupted());
            assertThrows(IOException.class, target::commit);
        }
        assertEquals(OLD.length, Files.size(file));
    }

    @Test
    void aFileCutByAnotherFailsToBeRead() throws IOException {
        try (var target = ExistingTarget.open(file, OLD.length)) {
            try (var other = FileChannel.open(file, StandardOpenOption.WRITE)) {
                other.truncate(100);
            }
            assertThrows(EOFException.class, () -> target.read(0, ByteBuffer.allocate(OLD.length)));
        }
    }

    @Test
    void bytesOutsideTheDiskAreRefused() throws IOException {
        try (var target = ExistingTarget.open(file, 3_000)) {
            assertThrows(IllegalArgumentException.class, () -> target.write(2_999, ByteBuffer.allocate(2)));
            assertThrows(IllegalArgumentException.class, () -> target.read(2_999, ByteBuffer.allocate(2)));
        }
        assertArrayEquals(OLD, Files.readAllBytes(file));
    }

    @Test
    void onlyAnExistingFileOrDeviceWillDo() {
        assertThrows(NoSuchFileException.class, () -> ExistingTarget.open(directory.resolve("absent"), 1));
        assertThrows(FileSystemException.class, () -> ExistingTarget.open(directory, 1));
        assumeTrue(Files.exists(Path.of("/dev/null")), "no devices here");
        assertThrows(FileSystemException.class, () -> ExistingTarget.open(Path.of("/dev/null"), 1));
    }

    @Test
    void aBlockDeviceKeepsWhatIsBehindTheDisk() throws Exception {
        var before = Bytes.random(3, 1 << 20);
        var backing = Files.write(directory.resolve("backing"), before);
        var device = LoopDevice.over(backing);
        assumeTrue(device.isPresent(), "no loop devices here");
        try (var loop = device.get(); var target = ExistingTarget.open(loop.path(), before.length - 512)) {
            target.write(777, ByteBuffer.wrap(PATCH));
            target.commit();
        }
        assertArrayEquals(patched(before, 777), Files.readAllBytes(backing));
    }

    @Test
    void aBlockDeviceThatIsTooSmallIsRefusedWithBothSizes() throws Exception {
        var backing = Files.write(directory.resolve("backing"), new byte[1 << 20]);
        var device = LoopDevice.over(backing);
        assumeTrue(device.isPresent(), "no loop devices here");
        try (var loop = device.get()) {
            var e = assertThrows(TargetTooSmallException.class,
                    () -> ExistingTarget.open(loop.path(), (1 << 20) + 1));
            assertTrue(e.getMessage().contains("1048576"), e.getMessage());
            assertTrue(e.getMessage().contains("1048577"), e.getMessage());
        }
    }

    private static byte[] patched(byte[] content, int offset) {
        var patched = content.clone();
        System.arraycopy(PATCH, 0, patched, offset, PATCH.length);
        return patched;
    }
}
