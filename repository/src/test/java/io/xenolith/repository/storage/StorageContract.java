package io.xenolith.repository.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What every storage promises.
public abstract class StorageContract {

    protected Storage storage;

    /// A storage with nothing in it.
    protected abstract Storage open() throws IOException;

    /// What another process finds where `storage` is.
    protected abstract Storage reopen(Storage storage) throws IOException;

    @BeforeEach
    void openStorage() throws IOException {
        storage = open();
    }

    @AfterEach
    void closeStorage() throws IOException {
        storage.close();
    }

    protected static byte[] bytes(int length) {
        var bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + (i >>> 8));
        }
        return bytes;
    }

    private byte[] readRange(String name, long offset, int length) throws IOException {
        var target = ByteBuffer.allocate(length);
        storage.read(name, offset, target);
        assertFalse(target.hasRemaining());
        return target.array();
    }

    @Test
    void anObjectIsWhatWasWritten() throws IOException {
        var content = bytes(100_000);
        storage.put("packs/ab/one", content);
        assertTrue(storage.exists("packs/ab/one"));
        assertEquals(content.length, storage.size("packs/ab/one"));
        assertArrayEquals(content, storage.readAll("packs/ab/one", content.length));
        try (var other = reopen(storage)) {
            assertArrayEquals(content, other.readAll("packs/ab/one", content.length));
        }
    }

    @Test
    void anObjectMayBeEmpty() throws IOException {
        storage.put("empty", new byte[0]);
        assertEquals(0, storage.size("empty"));
        assertEquals(0, storage.readAll("empty", 0).length);
        storage.read("empty", 0, ByteBuffer.allocate(0));
    }

    @Test
    void anObjectIsInvisibleUntilItIsCommitted() throws IOException {
        try (var writer = storage.create("points/web/one")) {
            writer.write(ByteBuffer.wrap(bytes(10)));
            writer.write(ByteBuffer.wrap(bytes(5)));
            assertEquals(15, writer.position());
            assertFalse(storage.exists("points/web/one"));
            assertEquals(List.of(), storage.list("points/"));
            assertThrows(ObjectMissingException.class, () -> storage.readAll("points/web/one", 100));
            writer.commit();
        }
        assertEquals(List.of(new StoredObject("points/web/one", 15)), storage.list("points/"));
    }

    @Test
    void aWriterThatIsClosedLeavesNothing() throws IOException {
        try (var writer = storage.create("one")) {
            writer.write(ByteBuffer.wrap(bytes(10)));
        }
        assertFalse(storage.exists("one"));
        try (var other = reopen(storage)) {
            assertEquals(List.of(), other.unfinished());
        }
    }

    @Test
    void aWriterIsOfNoUseAfterItsCommit() throws IOException {
        try (var writer = storage.create("one")) {
            writer.commit();
            assertThrows(IllegalStateException.class, writer::commit);
            assertThrows(IllegalStateException.class, () -> writer.write(ByteBuffer.allocate(1)));
        }
        assertEquals(0, storage.size("one"));
    }

    @Test
    void whatAnAbandonedWriterLeavesIsUnfinishedForTheNextProcessAndRemovable() throws IOException {
        storage.put("one", bytes(3));
        storage.create("points/two").write(ByteBuffer.wrap(bytes(10)));
        assertEquals(List.of(), storage.unfinished(), "what this storage writes itself is no leftover");
        try (var other = reopen(storage)) {
            assertFalse(other.exists("points/two"));
            assertEquals(List.of(), other.list("points/"));
            var leftovers = other.unfinished();
            assertEquals(1, leftovers.size());
            assertEquals(10, leftovers.getFirst().size());
            assertTrue(other.removeUnfinished(leftovers.getFirst()));
            assertFalse(other.removeUnfinished(leftovers.getFirst()));
            assertEquals(List.of(), other.unfinished());
            assertTrue(other.exists("one"));
        }
    }

    @Test
    void aTakenNameIsLeftAlone() throws IOException {
        storage.put("one", bytes(10));
        var e = assertThrows(ObjectExistsException.class, () -> storage.put("one", bytes(20)));
        assertTrue(e.getMessage().contains("one"), e.getMessage());
        assertArrayEquals(bytes(10), storage.readAll("one", 100));
        try (var other = reopen(storage)) {
            assertEquals(List.of(), other.unfinished());
        }
    }

    @Test
    void exactlyOneOfManyGetsAName() throws Exception {
        for (int round = 0; round < 20; round++) {
            var name = "points/round-" + round;
            var winners = new ArrayList<Integer>();
            var results = race(8, contender -> contend(name, contender));
            for (int i = 0; i < results.size(); i++) {
                if (results.get(i).get()) {
                    winners.add(i);
                }
            }
            assertEquals(1, winners.size());
            assertArrayEquals(new byte[] {winners.getFirst().byteValue()}, storage.readAll(name, 1));
        }
    }

    private boolean contend(String name, int contender) throws IOException {
        try (var own = reopen(storage)) { // each through a storage of its own, as processes would
            own.put(name, new byte[] {(byte) contender});
            return true;
        } catch (ObjectExistsException e) {
            return false;
        }
    }

    private interface Contender<T> {
        T run(int number) throws Exception;
    }

    private static <T> List<Future<T>> race(int threads, Contender<T> contender) throws InterruptedException {
        var ready = new CountDownLatch(threads);
        try (var executor = Executors.newFixedThreadPool(threads)) {
            var tasks = new ArrayList<Callable<T>>();
            for (int i = 0; i < threads; i++) {
                int number = i;
                tasks.add(() -> {
                    ready.countDown();
                    ready.await();
                    return contender.run(number);
                });
            }
            return executor.invokeAll(tasks);
        }
    }

    @Test
    void rangesAreReadWhereverTheyLie() throws IOException {
        var content = bytes(1000);
        storage.put("one", content);
        for (int offset = 0; offset <= 1000; offset += 125) {
            for (int length = 0; offset + length <= 1000; length += 125) {
                assertArrayEquals(Arrays.copyOfRange(content, offset, offset + length),
                        readRange("one", offset, length));
            }
        }
    }

    @Test
    void aReadFillsOnlyBetweenPositionAndLimit() throws IOException {
        storage.put("one", bytes(100));
        var target = ByteBuffer.allocateDirect(10).position(3).limit(7);
        storage.read("one", 50, target);
        assertEquals(7, target.position());
        assertEquals(0, target.get(2));
        assertEquals(bytes(100)[50], target.get(3));
        assertEquals(bytes(100)[53], target.get(6));
        assertEquals(0, target.limit(10).get(7));
    }

    @Test
    void aReadBeyondTheEndNamesTheObject() throws IOException {
        storage.put("packs/short", bytes(10));
        for (long offset : new long[] {0, 1, 10, 11, 1L << 40}) {
            var e = assertThrows(EOFException.class,
                    () -> storage.read("packs/short", offset, ByteBuffer.allocate(11)));
            assertTrue(e.getMessage().contains("packs/short"), e.getMessage());
        }
        assertThrows(IllegalArgumentException.class, () -> storage.read("packs/short", -1, ByteBuffer.allocate(1)));
    }

    @Test
    void aMissingObjectIsNamed() throws IOException {
        storage.put("packs/there", bytes(1));
        for (var name : List.of("none", "packs/none", "none/none")) {
            assertFalse(storage.exists(name));
            assertFalse(storage.delete(name));
            assertTrue(assertThrows(ObjectMissingException.class, () -> storage.size(name)).getMessage().contains(name));
            assertThrows(ObjectMissingException.class, () -> storage.readAll(name, 1));
            assertThrows(ObjectMissingException.class, () -> storage.read(name, 0, ByteBuffer.allocate(1)));
        }
    }

    @Test
    void anObjectAboveTheLimitIsNotReadIntoMemory() throws IOException {
        storage.put("config", bytes(100));
        var e = assertThrows(ObjectTooLargeException.class, () -> storage.readAll("config", 99));
        assertTrue(e.getMessage().contains("config"), e.getMessage());
        assertTrue(e.getMessage().contains("100 bytes"), e.getMessage());
    }

    @Test
    void aListingIsRecursiveAndSorted() throws IOException {
        for (var name : List.of("points/b/2", "points/b-c", "points/a", "points/b/10", "pointsx/no", "config", "other/no")) {
            storage.put(name, bytes(name.length()));
        }
        assertEquals(List.of(
                        new StoredObject("points/a", 8),
                        new StoredObject("points/b-c", 10),
                        new StoredObject("points/b/10", 11),
                        new StoredObject("points/b/2", 10)),
                storage.list("points/"));
        assertEquals(2, storage.list("points/b/").size());
        assertEquals(List.of(), storage.list("never/"));
        assertEquals(List.of(), storage.list("points/never/"));
    }

    @Test
    void aDeletedObjectIsGoneAlsoForThoseWhoReadIt() throws IOException {
        storage.put("points/one", bytes(10));
        readRange("points/one", 0, 10);
        assertTrue(storage.delete("points/one"));
        assertFalse(storage.delete("points/one"));
        assertFalse(storage.exists("points/one"));
        assertEquals(List.of(), storage.list("points/"));
        assertThrows(ObjectMissingException.class, () -> storage.read("points/one", 0, ByteBuffer.allocate(1)));
    }

    @Test
    void aNameMayBeTakenAgainAfterItsObjectWasDeleted() throws IOException {
        for (int length = 1; length <= 5; length++) {
            storage.put("state", bytes(length));
            assertArrayEquals(bytes(length), readRange("state", 0, length));
            storage.delete("state");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "/", "a/", "/a", "a//b", ".", "..", "a/..", "../a", "a/../../b", "./a", ".hidden", "a/.hidden", "tmp/a", "tmp",
        "a b", "a\\b", "a\nb", "a\0b", "ä", "a:b", "C:\\a", "~", "a/b/"
    })
    void aHostileNameIsRefusedByEveryOperation(String name) {
        assertThrows(IllegalArgumentException.class, () -> storage.create(name));
        assertThrows(IllegalArgumentException.class, () -> storage.put(name, new byte[0]));
        assertThrows(IllegalArgumentException.class, () -> storage.read(name, 0, ByteBuffer.allocate(0)));
        assertThrows(IllegalArgumentException.class, () -> storage.readAll(name, 1));
        assertThrows(IllegalArgumentException.class, () -> storage.size(name));
        assertThrows(IllegalArgumentException.class, () -> storage.exists(name));
        assertThrows(IllegalArgumentException.class, () -> storage.delete(name));
        assertThrows(IllegalArgumentException.class, () -> storage.list(name + "//"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "points", "../", "./", "/etc/", "tmp/", "points//", "points/../"})
    void aHostileFolderIsRefused(String folder) {
        assertThrows(IllegalArgumentException.class, () -> storage.list(folder));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "..", "../config", ".rename", "a/b", "/etc/passwd"})
    void aHostileLeftoverIsRefused(String name) {
        assertThrows(IllegalArgumentException.class, () -> storage.removeUnfinished(new StoredObject(name, 0)));
    }

    @Test
    void rangesAreReadByManyThreadsWhileOtherObjectsAreDeleted() throws Exception {
        var content = bytes(64 << 10);
        for (int i = 0; i < 100; i++) { // more than a local storage keeps open
            storage.put("packs/kept-" + i, content);
            storage.put("packs/doomed-" + i, content);
        }
        var deleted = new AtomicBoolean();
        try (var threads = Executors.newFixedThreadPool(4)) {
            var readers = new ArrayList<Future<?>>();
            for (int r = 0; r < 4; r++) {
                int reader = r;
                readers.add(threads.submit(() -> {
                    for (int i = 0; i < 500 || !deleted.get(); i++) {
                        int offset = i * 997 % (60 << 10);
                        var range = readRange("packs/kept-" + (i * 7 + reader * 13) % 100, offset, 4096);
                        assertEquals(ByteBuffer.wrap(content, offset, 4096), ByteBuffer.wrap(range));
                        readDoomed("packs/doomed-" + i % 100, content);
                    }
                    return null;
                }));
            }
            for (int i = 0; i < 100; i++) {
                assertTrue(storage.delete("packs/doomed-" + i));
            }
            deleted.set(true);
            for (var reader : readers) {
                reader.get();
            }
        }
        assertEquals(100, storage.list("packs/").size());
    }

    private void readDoomed(String name, byte[] content) throws IOException {
        try {
            assertEquals(ByteBuffer.wrap(content, 0, 100), ByteBuffer.wrap(readRange(name, 0, 100)));
        } catch (ObjectMissingException e) {
            // deleted; anything else would be wrong
        }
    }

    @Test
    void anInterruptedReadHurtsNoOtherReader() throws Exception {
        var content = bytes(1 << 20);
        storage.put("packs/one", content);
        var stop = new AtomicBoolean();
        try (var threads = Executors.newFixedThreadPool(2)) {
            var interrupted = threads.submit(() -> {
                while (!stop.get()) {
                    var reader = Thread.ofPlatform().start(() -> readUntilInterrupted("packs/one"));
                    reader.interrupt();
                    reader.join();
                }
                return null;
            });
            var undisturbed = threads.submit(() -> {
                for (int i = 0; i < 500; i++) {
                    assertArrayEquals(content, readRange("packs/one", 0, content.length));
                }
                return null;
            });
            try {
                undisturbed.get();
            } finally {
                stop.set(true);
            }
            interrupted.get();
        }
    }

    private void readUntilInterrupted(String name) {
        try {
            while (true) {
                storage.read(name, 0, ByteBuffer.allocate(4096));
            }
        } catch (ClosedByInterruptException e) {
            assertTrue(Thread.currentThread().isInterrupted());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void anInterruptedThreadIsTold() throws Exception {
        storage.put("one", bytes(10));
        Thread.currentThread().interrupt();
        try {
            assertThrows(ClosedByInterruptException.class, () -> storage.read("one", 0, ByteBuffer.allocate(1)));
        } finally {
            assertTrue(Thread.interrupted());
        }
        assertArrayEquals(bytes(10), readRange("one", 0, 10));
    }

    @Test
    void aClosedStorageIsNotReadFrom() throws IOException {
        storage.put("one", bytes(10));
        readRange("one", 0, 10);
        storage.close();
        assertThrows(IllegalStateException.class, () -> readRange("one", 0, 10));
    }
}
