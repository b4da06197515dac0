package io.xenolith.repository.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalFailuresTest {

    @TempDir
    Path folder;

    @Test
    void aFullDiskAndAUsedUpQuotaAreTold() {
        for (var cause : List.of(
                new IOException("No space left on device"),
                new FileSystemException("/x", null, "No space left on device"),
                new IOException("Disk quota exceeded"))) {
            var told = LocalFailures.writing(cause, "writing packs/ab", folder);
            assertInstanceOf(StorageFullException.class, told);
            assertSame(cause, told.getCause());
            assertEquals("no space left in %s while writing packs/ab; free space or run 'xenolith prune'".formatted(folder),
                    told.getMessage());
        }
    }

    @Test
    void missingPermissionsAreTold() {
        for (var cause : List.of(
                new AccessDeniedException("/x"),
                new FileSystemException("/x", null, "Read-only file system"),
                new FileSystemException("/x", null, "Operation not permitted"),
                new IOException("Permission denied"))) {
            assertInstanceOf(StorageReadOnlyException.class, LocalFailures.writing(cause, "writing packs/ab", folder));
            assertInstanceOf(StorageReadOnlyException.class, LocalFailures.reading(cause, "reading packs/ab", folder));
        }
    }

    @Test
    void anyOtherFailureKeepsItsSentenceAndGetsItsPlace() {
        var cause = new IOException("Input/output error");
        for (var told : List.of(
                LocalFailures.writing(cause, "writing packs/ab", folder),
                LocalFailures.reading(cause, "writing packs/ab", folder))) {
            assertSame(IOException.class, told.getClass());
            assertSame(cause, told.getCause());
            for (var part : List.of("Input/output error", "writing packs/ab", folder.toString())) {
                assertTrue(told.getMessage().contains(part), told.getMessage());
            }
        }
    }

    @Test
    void whatAlreadySaysWhatHappenedIsLeftAlone() {
        for (var cause : List.of(
                new ObjectMissingException("one", "here"), new EOFException("short"), new ClosedByInterruptException())) {
            assertSame(cause, LocalFailures.writing(cause, "writing packs/ab", folder));
            assertSame(cause, LocalFailures.reading(cause, "reading packs/ab", folder));
        }
    }
}
