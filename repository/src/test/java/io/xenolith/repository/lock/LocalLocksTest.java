package io.xenolith.repository.lock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.xenolith.repository.storage.StorageReadOnlyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class LocalLocksTest {

    private static final Duration LONG = Duration.ofSeconds(50);
    private static final LockOwner ME = new LockOwner("nas", 4711, "backup");

    @TempDir
    Path root;

    private LocalLocks locks;
    private final Heard heard = new Heard();

    @BeforeEach
    void openLocks() {
        locks = new LocalLocks(root);
    }

    /// Remembers what it hears.
    private static final class Heard implements LockListener {
        private final List<List<LockHolder>> waits = new ArrayList<>();
        private final List<LockHolder> dead = new ArrayList<>();
        private final CountDownLatch waiting = new CountDownLatch(1);

        @Override
        public void waiting(List<LockHolder> holders) {
            waits.add(holders);
            waiting.countDown();
        }

        @Override
        public void cleared(LockHolder holder) {
            dead.add(holder);
        }
    }

    private RepositoryLock acquire(LockMode mode, Duration wait) throws IOException, InterruptedException {
        return locks.acquire(mode, ME, wait, heard);
    }

    private boolean isFree(LockMode mode) throws IOException, InterruptedException {
        try (var lock = acquire(mode, Duration.ZERO)) {
            assertEquals(mode, lock.mode());
            return true;
        } catch (RepositoryLockedException e) {
            return false;
        }
    }

    private List<Path> lockFiles() throws IOException {
        try (var files = Files.list(root.resolve("locks"))) {
            return files.filter(file -> file.toString().endsWith(".lock")).toList();
        }
    }

    @ParameterizedTest
    @EnumSource
    void onlyExclusiveKeepsAnotherProcessOut(LockMode held) throws Exception {
        try (var other = LockingProcess.start(root, held, "other")) {
            for (var asked : LockMode.values()) {
                boolean exclusive = held == LockMode.EXCLUSIVE || asked == LockMode.EXCLUSIVE;
                assertEquals(!exclusive, isFree(asked), "%s beside %s".formatted(asked, held));
            }
            assertEquals(List.of(other.pid()), locks.holders().stream().map(LockHolder::pid).toList());
        }
    }

    @ParameterizedTest
    @EnumSource
    void onlyExclusiveKeepsOthersInThisProcessOut(LockMode held) throws Exception {
        try (var _ = acquire(held, Duration.ZERO)) {
            for (var asked : LockMode.values()) {
                boolean exclusive = held == LockMode.EXCLUSIVE || asked == LockMode.EXCLUSIVE;
                assertEquals(!exclusive, isFree(asked), "%s beside %s".formatted(asked, held));
            }
        }
        assertEquals(List.of(), lockFiles());
        assertTrue(isFree(LockMode.EXCLUSIVE));
    }

    @ParameterizedTest
    @EnumSource
    void whatThisProcessHoldsStaysHeldForOthersHoweverOftenItIsLookedAt(LockMode held) throws Exception {
        try (var _ = acquire(held, Duration.ZERO)) {
            var link = Files.createSymbolicLink(root.resolve("link"), root);
            for (var same : List.of(locks, new LocalLocks(root), new LocalLocks(link))) {
                assertEquals(1, same.holders().size());
                assertThrows(RepositoryLockedException.class,
                        () -> same.acquire(LockMode.EXCLUSIVE, ME, Duration.ZERO, heard));
            }
            // an OS lock that was dropped by accident would let the other process in
            var e = assertThrows(IOException.class, () -> LockingProcess.start(root, LockMode.EXCLUSIVE, "other").close());
            assertTrue(e.getMessage().contains(RepositoryLockedException.class.getName()), e.getMessage());
        }
        assertEquals(List.of(), heard.dead);
    }

    @Test
    void theWaitIsOverWhenTheHolderEnds() throws Exception {
        try (var other = LockingProcess.start(root, LockMode.EXCLUSIVE, "prune");
                var threads = Executors.newSingleThreadExecutor()) {
            var waiting = threads.submit(() -> acquire(LockMode.APPEND, LONG));
            assertTrue(heard.waiting.await(30, TimeUnit.SECONDS));
            other.end();
            try (var lock = waiting.get()) {
                assertEquals(LockMode.APPEND, lock.mode());
            }
            assertEquals(1, heard.waits.size());
            assertEquals(other.pid(), heard.waits.getFirst().getFirst().pid());
            assertEquals(List.of(), heard.dead, "it gave its lock back");
        }
    }

    @Test
    void whoIsInTheWayIsNamedWhenTheTimeIsOver() throws Exception {
        try (var other = LockingProcess.start(root, LockMode.READ, "restore")) {
            long start = System.nanoTime();
            var e = assertThrows(RepositoryLockedException.class,
                    () -> acquire(LockMode.EXCLUSIVE, Duration.ofMillis(120)));
            assertTrue(System.nanoTime() - start >= TimeUnit.MILLISECONDS.toNanos(120), "gave up early");
            assertEquals(1, heard.waits.size());
            assertEquals(1, e.holders().size());
            var holder = e.holders().getFirst();
            assertEquals(new LockHolder(LockOwner.thisProcess("").host(), other.pid(), "restore", holder.since(), LockMode.READ),
                    holder);
            for (var part : List.of(root.toString(), holder.describe(), "restore", holder.host(), "process " + other.pid(),
                    "since 20", "(read)", "wait", "--lock-wait")) {
                assertTrue(e.getMessage().contains(part), e.getMessage());
            }
        }
    }

    @Test
    void withoutAWaitThereIsOneAttempt() throws Exception {
        try (var _ = acquire(LockMode.READ, Duration.ZERO)) {
            assertThrows(RepositoryLockedException.class, () -> acquire(LockMode.EXCLUSIVE, Duration.ZERO));
            assertEquals(List.of(), heard.waits);
        }
    }

    @Test
    void aKilledHolderIsRecognisedAndCleared() throws Exception {
        try (var other = LockingProcess.start(root, LockMode.EXCLUSIVE, "prune")) {
            assertFalse(isFree(LockMode.READ));
            other.kill();
            assertEquals(1, lockFiles().size());
            assertEquals(List.of(), locks.holders());
            assertTrue(isFree(LockMode.EXCLUSIVE));
            assertEquals(List.of(other.pid()), heard.dead.stream().map(LockHolder::pid).toList());
            assertEquals("prune", heard.dead.getFirst().command());
            assertEquals(List.of(), lockFiles());
        }
    }

    @Test
    void theWaitIsOverWhenTheHolderIsKilled() throws Exception {
        try (var other = LockingProcess.start(root, LockMode.EXCLUSIVE, "prune");
                var threads = Executors.newSingleThreadExecutor()) {
            var waiting = threads.submit(() -> acquire(LockMode.EXCLUSIVE, LONG));
            assertTrue(heard.waiting.await(30, TimeUnit.SECONDS));
            other.kill();
            waiting.get().close();
            assertEquals(1, heard.dead.size());
        }
    }

    @Test
    void aHolderWithoutReadableTextCountsByTheNameOfItsFile() throws Exception {
        try (var _ = LockingProcess.start(root, LockMode.APPEND, "backup")) {
            var file = lockFiles().getFirst();
            for (var garbage : List.of("", "{\"host\":", "null", "[]", "{}", "\0\1\2", "x".repeat(100_000))) {
                Files.writeString(file, garbage); // this JVM has no lock on it that could be dropped
                assertTrue(isFree(LockMode.APPEND));
                var e = assertThrows(RepositoryLockedException.class, () -> acquire(LockMode.EXCLUSIVE, Duration.ZERO));
                assertTrue(e.getMessage().contains("unknown process (append)"), e.getMessage());
            }
        }
        assertEquals(List.of(), heard.dead);
    }

    @Test
    void aGarbageLockFileThatNobodyHoldsIsCleared() throws Exception {
        assertTrue(isFree(LockMode.READ));
        Files.writeString(root.resolve("locks/what is this.lock"), "\0\1 garbage");
        Files.createDirectory(root.resolve("locks/folder.lock"));
        Files.writeString(root.resolve("locks/notes.txt"), "not ours");
        assertTrue(isFree(LockMode.EXCLUSIVE));
        assertEquals(List.of("unknown process (exclusive)"), heard.dead.stream().map(LockHolder::describe).toList());
        assertTrue(Files.exists(root.resolve("locks/notes.txt")));
        assertTrue(Files.exists(root.resolve("locks/mutex")));
    }

    @Test
    void theTextOfAnotherHostDoesNotSteerTheTerminal() {
        var holder = LockHolder.of(new LockOwner("\u001b[2J", 1, "a\nb"), LockMode.READ);
        assertTrue(holder.describe().startsWith("a?b by host ?[2J, process 1, since "), holder.describe());
    }

    @Test
    void anInterruptEndsTheWaitAndLeavesNothingHeld() throws Exception {
        try (var _ = acquire(LockMode.READ, Duration.ZERO);
                var threads = Executors.newSingleThreadExecutor()) {
            var waiting = threads.submit(() ->
                    assertThrows(InterruptedException.class, () -> acquire(LockMode.EXCLUSIVE, LONG)));
            assertTrue(heard.waiting.await(30, TimeUnit.SECONDS));
            threads.shutdownNow();
            waiting.get();
            assertEquals(1, lockFiles().size());
        }
        assertTrue(isFree(LockMode.EXCLUSIVE));
    }

    @Test
    void anInterruptBeforehandCountsToo() throws Exception {
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> acquire(LockMode.READ, Duration.ZERO));
        assertFalse(Thread.interrupted());
        assertTrue(isFree(LockMode.EXCLUSIVE));
        assertEquals(List.of(), lockFiles());
    }

    @Test
    void closingTwiceGivesBackOnce() throws Exception {
        var first = acquire(LockMode.EXCLUSIVE, Duration.ZERO);
        first.close();
        try (var _ = acquire(LockMode.EXCLUSIVE, Duration.ZERO)) {
            first.close();
            assertFalse(isFree(LockMode.READ));
        }
    }

    @Test
    void exclusiveIsExclusiveAmongManyThreads() throws Exception {
        var inside = new AtomicInteger();
        try (var threads = Executors.newFixedThreadPool(3)) {
            var tasks = new ArrayList<Future<?>>();
            for (int i = 0; i < 3; i++) {
                tasks.add(threads.submit(() -> {
                    for (int round = 0; round < 5; round++) {
                        try (var _ = new LocalLocks(root).acquire(LockMode.EXCLUSIVE, ME, LONG, LockListener.SILENT)) {
                            assertEquals(1, inside.incrementAndGet());
                            assertEquals(1, locks.holders().size());
                            inside.decrementAndGet();
                        }
                    }
                    return null;
                }));
            }
            for (var task : tasks) {
                task.get();
            }
        }
        assertEquals(List.of(), lockFiles());
    }

    @Test
    void nobodyHoldsAnythingWhereNothingWasEverLocked() throws IOException {
        assertEquals(List.of(), locks.holders());
        assertFalse(Files.exists(root.resolve("locks")), "looking leaves nothing");
    }

    @Test
    void readOnlyMediaCanBeReadAndNothingElse() throws Exception {
        var media = Files.createDirectory(root.resolve("media"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=1m,ro", "tmpfs", media.toString()) == 0, "mounting needs root");
        try {
            assertReadOnly(media);
        } finally {
            assertEquals(0, run("umount", media.toString()));
        }
    }

    @Test
    void anUnwritableFolderCanBeReadAndNothingElse() throws Exception {
        var media = Files.createDirectory(root.resolve("media"));
        Files.setPosixFilePermissions(media, PosixFilePermissions.fromString("r-x------"));
        assumeTrue(!Files.isWritable(media), "root may write everywhere");
        assertReadOnly(media);
    }

    private void assertReadOnly(Path media) throws Exception {
        var there = new LocalLocks(media);
        try (var lock = there.acquire(LockMode.READ, ME, Duration.ZERO, heard)) {
            assertEquals(LockMode.READ, lock.mode());
            assertEquals(List.of(), there.holders());
        }
        for (var mode : List.of(LockMode.APPEND, LockMode.EXCLUSIVE)) {
            assertThrows(StorageReadOnlyException.class, () -> there.acquire(mode, ME, Duration.ZERO, heard));
        }
    }

    @Test
    void aFullDiskKeepsNobodyFromLocking() throws Exception {
        var small = Files.createDirectory(root.resolve("small"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small.toString()) == 0, "mounting needs root");
        try {
            var there = new LocalLocks(small);
            there.acquire(LockMode.READ, ME, Duration.ZERO, heard).close();
            assertThrows(IOException.class, () -> Files.write(small.resolve("filler"), new byte[100_000]));
            try (var _ = there.acquire(LockMode.EXCLUSIVE, ME, Duration.ZERO, heard);
                    var files = Files.list(small.resolve("locks"))) {
                assertEquals(0, Files.size(files.filter(file -> file.toString().endsWith(".exclusive.lock")).findAny().get()));
                assertThrows(RepositoryLockedException.class, () -> there.acquire(LockMode.READ, ME, Duration.ZERO, heard));
                var e = assertThrows(IOException.class, () -> LockingProcess.start(small, LockMode.READ, "list").close());
                assertTrue(e.getMessage().contains("unknown process (exclusive)"), e.getMessage());
            }
        } finally {
            assertEquals(0, run("umount", small.toString()));
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
}
