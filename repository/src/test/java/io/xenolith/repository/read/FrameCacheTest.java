package io.xenolith.repository.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.xenolith.engine.Seed;
import io.xenolith.engine.SeedExtension;
import io.xenolith.engine.chunk.ChunkIdentity;
import io.xenolith.repository.pack.PackId;
import io.xenolith.repository.pack.PackKind;
import io.xenolith.repository.read.FrameCache.FrameAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SeedExtension.class)
class FrameCacheTest {

    private static final int CAPACITY = 1000;

    private final FrameCache cache = new FrameCache(CAPACITY);

    /// The frame if it is in memory, and null otherwise.
    private byte[] inMemory(FrameAddress address) {
        try {
            return cache.get(address, () -> {
                throw new IOException("it is not in memory");
            }).bytes();
        } catch (IOException e) {
            return null;
        }
    }

    @Test
    void itHoldsTheFramesUsedLastThatFit(Seed seed) throws IOException {
        var random = seed.random();
        var model = new LinkedHashMap<FrameAddress, byte[]>(16, 0.75f, true);
        for (int step = 0; step < 20_000; step++) {
            var address = address(random.nextInt(30));
            var known = model.get(address);
            assertSame(known, inMemory(address));
            if (known != null || random.nextBoolean()) {
                continue;
            }
            var frame = new byte[random.nextInt(200)];
            assertSame(frame, cache.get(address, () -> frame).bytes());
            model.put(address, frame);
            while (model.values().stream().mapToInt(bytes -> bytes.length).sum() > CAPACITY) {
                model.pollFirstEntry();
            }
        }
    }

    @Test
    void aFrameLargerThanTheCacheIsHeldAlone() throws IOException {
        cache.get(address(1), () -> new byte[10]);
        cache.get(address(2), () -> new byte[CAPACITY + 1]);
        assertNull(inMemory(address(1)));
        assertEquals(CAPACITY + 1, inMemory(address(2)).length);
        cache.get(address(3), () -> new byte[10]);
        assertNull(inMemory(address(2)));
        assertEquals(10, inMemory(address(3)).length);
    }

    @Test
    void severalReadersOfAFrameReadItOnce() throws Exception {
        var reads = new AtomicInteger();
        var frame = new byte[10];
        var begun = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = new ArrayList<Future<byte[]>>();
            for (int i = 0; i < 20; i++) {
                all.add(threads.submit(() -> cache.get(address(1), () -> {
                    reads.incrementAndGet();
                    begun.countDown();
                    await(goOn);
                    return frame;
                }).bytes()));
            }
            begun.await();
            goOn.countDown();
            for (var one : all) {
                assertSame(frame, one.get());
            }
        }
        assertEquals(1, reads.get());
    }

    @Test
    void aFailureIsThatOfTheReaderItHappenedTo() throws Exception {
        var begun = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var failing = threads.submit(() -> cache.get(address(1), () -> {
                begun.countDown();
                await(goOn);
                throw new IOException("interrupted");
            }));
            begun.await();
            var waiting = threads.submit(() -> cache.get(address(1), () -> new byte[3]).bytes());
            goOn.countDown();
            assertEquals(3, waiting.get().length);
            assertThrows(ExecutionException.class, failing::get);
        }
    }

    @Test
    void whatIsProvenOfAFrameHoldsForThatChunkAndIdOnly() {
        var frame = new FrameCache.Frame(new byte[10]);
        var id = ChunkIdentity.plain().newHasher().id(new byte[1]);
        var other = ChunkIdentity.plain().newHasher().id(new byte[2]);
        frame.proved(7, id);
        assertTrue(frame.isProven(7, id));
        assertFalse(frame.isProven(7, other));
        assertFalse(frame.isProven(8, id));
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static FrameAddress address(int number) {
        return new FrameAddress(new PackId(PackKind.DATA, 0, number % 5), number);
    }
}
