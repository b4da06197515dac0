package io.xenolith.repository.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalStorageTest extends StorageContract {

    @TempDir
    Path folder;

    private Path root;

    @Override
    protected Storage open() {
        root = folder.resolve("not/there/yet");
        return new LocalStorage(root);
    }

    @Override
    protected Storage reopen(Storage storage) {
        return new LocalStorage(root);
    }

    @Test
    void onlyTheOwnerMayLookIntoIt() throws IOException {
        storage.put("points/web/one", bytes(1));
        for (var name : List.of("", "points", "points/web", "tmp")) {
            assertPermissions("rwx------", root.resolve(name));
        }
        assertPermissions("rw-------", root.resolve("points/web/one"));
    }

    private static void assertPermissions(String expected, Path path) throws IOException {
        assertEquals(expected, PosixFilePermissions.toString(Files.getPosixFilePermissions(path)), path.toString());
    }

    @Test
    void whatLiesBesideTheObjectsIsPassedOver() throws IOException {
        storage.put("points/one", bytes(1));
        Files.write(root.resolve("points/.nfs0001"), bytes(1));
        Files.write(root.resolve("points/one~"), bytes(1));
        Files.createDirectories(root.resolve("points/lost+found/x"));
        Files.write(root.resolve("points/lost+found/x/y"), bytes(1));
        Files.createDirectories(root.resolve("points/empty"));
        assertEquals(List.of(new StoredObject("points/one", 1)), storage.list("points/"));
        assertFalse(storage.exists("points/empty"));
        assertFalse(storage.delete("points/empty"));
    }

    @Test
    void aFolderMayLieElsewhereBehindALink() throws IOException {
        storage.put("points/one", bytes(1));
        Files.move(root.resolve("points"), root.resolve("elsewhere"));
        Files.createSymbolicLink(root.resolve("points"), root.resolve("elsewhere"));
        assertEquals(List.of(new StoredObject("points/one", 1)), storage.list("points/"));
    }

    @Test
    void aListingThatMayMissSomethingFails() throws IOException {
        storage.put("packs/one", bytes(1));
        Files.createSymbolicLink(root.resolve("points"), root.resolve("not-mounted"));
        assertThrows(IOException.class, () -> storage.list("points/"));
        Files.createSymbolicLink(root.resolve("packs/two"), root.resolve("not-mounted"));
        assertThrows(IOException.class, () -> storage.list("packs/"));
        Files.write(root.resolve("notes"), bytes(1));
        assertThrows(IOException.class, () -> storage.list("notes/"));
        var nowhere = new LocalStorage(folder.resolve("nowhere"));
        var e = assertThrows(IOException.class, () -> nowhere.list("points/"));
        assertTrue(e.getMessage().contains("mounted"), e.getMessage());
    }

    @Test
    void aStorageFarBeyondItsOpenChannelsReadsOn() throws IOException {
        for (int i = 0; i < 200; i++) {
            storage.put("packs/" + i, bytes(i + 1));
        }
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 200; i++) {
                var target = ByteBuffer.allocate(i + 1);
                storage.read("packs/" + i, 0, target);
                assertArrayEquals(bytes(i + 1), target.array());
            }
        }
        assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")));
        assertTrue(openFilesBelow(root.resolve("packs")) <= 64);
        storage.close();
        assertEquals(0, openFilesBelow(root.resolve("packs")));
    }

    private static long openFilesBelow(Path below) throws IOException {
        try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(descriptor -> leadsBelow(descriptor, below)).count();
        }
    }

    private static boolean leadsBelow(Path descriptor, Path below) {
        try {
            return Files.readSymbolicLink(descriptor).startsWith(below);
        } catch (IOException e) {
            return false; // that of the listing itself, closed by now
        }
    }

    @Test
    void aFullDiskIsToldAndNothingOfTheObjectIsLeft() throws Exception {
        var mount = Files.createDirectory(folder.resolve("small"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", mount.toString()) == 0, "mounting needs root");
        try (var small = new LocalStorage(mount)) {
            small.put("packs/one", bytes(500_000));
            var e = assertThrows(StorageFullException.class, () -> small.put("packs/two", bytes(1_000_000)));
            assertTrue(e.getMessage().contains("packs/two"), e.getMessage());
            assertTrue(e.getMessage().contains(mount.toString()), e.getMessage());
            assertTrue(e.getMessage().contains("xenolith prune"), e.getMessage());
            assertEquals(List.of(new StoredObject("packs/one", 500_000)), small.list("packs/"));
            assertEquals(List.of(), new LocalStorage(mount).unfinished());
            assertTrue(small.delete("packs/one"));
            small.put("packs/two", bytes(900_000));
        } finally {
            assertEquals(0, run("umount", mount.toString()));
        }
    }

    @Test
    void aReadOnlyFileSystemIsToldAndReadFrom() throws Exception {
        var mount = Files.createDirectory(folder.resolve("media"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", mount.toString()) == 0, "mounting needs root");
        try (var media = new LocalStorage(mount)) {
            media.put("packs/one", bytes(10));
            assertEquals(0, run("mount", "-o", "remount,ro", mount.toString()));
            assertThrows(StorageReadOnlyException.class, () -> media.put("packs/two", bytes(1)));
            assertThrows(StorageReadOnlyException.class, () -> media.delete("packs/one"));
            assertArrayEquals(bytes(10), media.readAll("packs/one", 10));
            assertEquals(1, media.list("packs/").size());
        } finally {
            assertEquals(0, run("umount", mount.toString()));
        }
    }

    private static int run(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start().waitFor();
        } catch (IOException e) {
            return -1; // no such program here
        }
    }

    @Test
    void anUnwritableFolderIsToldWithoutMounts() throws IOException {
        Files.createDirectories(root, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r-x------")));
        assumeTrue(!Files.isWritable(root), "root may write everywhere");
        var e = assertThrows(IOException.class, () -> storage.put("one", bytes(1)));
        assertInstanceOf(StorageReadOnlyException.class, e);
    }
}
