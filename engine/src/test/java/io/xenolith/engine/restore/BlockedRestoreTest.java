package io.xenolith.engine.restore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Progress;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import io.xenolith.engine.disk.MemoryTarget;
import io.xenolith.engine.disk.RandomDisk;
import io.xenolith.engine.disk.SparseDisk;
import io.xenolith.engine.map.MapShape;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Targets that fail or do not go on.
@Timeout(60)
class BlockedRestoreTest {

    private static final int WORKERS = 3;
    private static final int SLOTS = 300;
    private static final long SIZE = (long) SLOTS * MapShape.SLOT_BYTES;

    private final CountDownLatch open = new CountDownLatch(1);
    private final AtomicInteger readsBegun = new AtomicInteger();
    private final AtomicInteger nodesRead = new AtomicInteger();

    @AfterEach
    void letBlockedThreadsEnd() {
        open.countDown();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aTargetThatFailsEndsTheRestoreWithItsOwnFailure(boolean inSequence) throws Exception {
        var stored = StoredDisk.of(someDataInEachSlot());
        var full = new IOException("no room");
        var target = target(inSequence).beforeWrite(offset -> {
            if (offset > SIZE / 2) {
                throw full;
            }
        });
        assertSame(full, assertThrows(IOException.class,
                () -> stored.restore(WORKERS).restoreAroundDamage(stored.root(), target)));
        RestoreThreads.assertNoneLeft();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anInterruptedRestoreLeavesNoThread(boolean inSequence) throws Exception {
        var stored = StoredDisk.of(someDataInEachSlot());
        var target = target(inSequence).beforeWrite(this::waitUntilOpen);
        var restore = new FutureTask<>(() -> assertThrows(InterruptedException.class,
                () -> stored.restore(WORKERS).restoreAroundDamage(stored.root(), target)));
        var caller = Thread.ofPlatform().start(restore);
        RestoreThreads.awaitStandstill(threads(inSequence));

        caller.interrupt();

        assertInstanceOf(InterruptedException.class, restore.get());
        RestoreThreads.assertNoneLeft();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aTargetThatBlocksKeepsTheRestoreFromReadingOn(boolean inSequence) throws Exception {
        // given a target that takes nothing for now
        var stored = StoredDisk.of(someDataInEachSlot());
        var target = target(inSequence).beforeWrite(this::waitUntilOpen);
        var restore = new FutureTask<>(() -> counting(stored).restore(stored.root(), target));
        Thread.ofPlatform().start(restore);
        // when everybody waits for it
        RestoreThreads.awaitStandstill(threads(inSequence));
        // then each writer holds one piece, and in sequence as many wait in the queue, and the walk holds one more and the
        // way to it; in any order, the walk is a stretch ahead, which this disk does not fill
        int writers = threads(inSequence) - 1;
        assertTrue(readsBegun.get() <= writers, readsBegun + " reads");
        int height = new MapShape(SIZE).topLevel();
        assertTrue(!inSequence || nodesRead.get() <= 2 * writers + 1 + height + 1, nodesRead + " nodes");
        // and all is restored as soon as it opens
        open.countDown();
        assertTrue(restore.get().isWhole());
        RandomDisk.assertSame(stored.disk(), target.content(), Extents.NONE);
        assertTrue(inSequence ? readsBegun.get() == SLOTS : readsBegun.get() >= SLOTS, readsBegun + " reads");
    }

    @Test
    void anInterruptIsNotMistakenForDamage() {
        var losses = Losses.allowed();
        var interrupted = new InterruptedIOException();
        assertSame(interrupted, assertThrows(InterruptedIOException.class,
                () -> losses.add(new Extent(0, 1), interrupted)));
    }

    private static int threads(boolean inSequence) {
        return 1 + WORKERS + (inSequence ? 1 : 0);
    }

    private static MemoryTarget target(boolean inSequence) {
        return inSequence ? MemoryTarget.inSequence(SIZE) : MemoryTarget.blank(SIZE);
    }

    /// Begins with data and has as much in each slot, so that no holes come before the first write.
    private static SparseDisk someDataInEachSlot() {
        var disk = new SparseDisk(SIZE);
        for (int slot = 0; slot < SLOTS; slot++) {
            disk.write((long) slot * MapShape.SLOT_BYTES, new byte[] {1, (byte) slot, (byte) (slot >> 8)});
        }
        return disk;
    }

    private DiskRestore counting(StoredDisk stored) {
        var store = stored.store();
        return new DiskRestore(id -> {
            nodesRead.incrementAndGet();
            return store.nodes().readNode(id);
        }, (chunks, receiver) -> {
            readsBegun.incrementAndGet();
            store.chunks().read(chunks, receiver);
        }, store.identity(), WORKERS, Progress.NONE);
    }

    private void waitUntilOpen(long offset) throws IOException {
        try {
            open.await();
        } catch (InterruptedException e) {
            throw new InterruptedIOException("interrupted at " + offset);
        }
    }
}
