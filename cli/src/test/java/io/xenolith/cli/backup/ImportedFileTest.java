package io.xenolith.cli.backup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.cli.trial.SampleData;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportedFileTest {

    @TempDir
    Path folder;

    @Test
    void aFileThatShrinksIsToBlameAndNamed() throws IOException {
        var path = Files.write(folder.resolve("web.vhd"), new byte[10_000]);
        try (var file = new ImportedFile(path).open(); var shrunk = new RandomAccessFile(path.toFile(), "rw")) {
            shrunk.setLength(5000);
            var e = assertThrows(ImportedFile.UnreadableException.class, () -> file.read(4000, ByteBuffer.allocate(2000)));
            assertInstanceOf(EOFException.class, e.getCause());
            assertTrue(e.getMessage().contains("web.vhd"), e.getMessage());
        }
    }

    @Test
    void aFileThatIsGoneIsToBlame() {
        var file = new ImportedFile(folder.resolve("gone.xva"));
        assertThrows(ImportedFile.UnreadableException.class, file::open);
        assertThrows(ImportedFile.UnreadableException.class, file::stream);
    }

    @Test
    void anInterruptionIsNoFaultOfTheFile() throws IOException {
        var path = Files.write(folder.resolve("web.vhd"), new byte[10_000]);
        try (var file = new ImportedFile(path).open()) {
            Thread.currentThread().interrupt();
            assertThrows(ClosedByInterruptException.class, () -> file.read(0, ByteBuffer.allocate(100)));
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    void theStreamHasTheBytesOfTheFile() throws IOException {
        var bytes = SampleData.bytes(1, 100_000);
        try (var in = new ImportedFile(Files.write(folder.resolve("web.xva"), bytes)).stream()) {
            assertArrayEquals(bytes, in.readAllBytes());
        }
    }
}
