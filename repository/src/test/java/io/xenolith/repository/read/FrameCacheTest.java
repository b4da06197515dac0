package io.xenolith.repository.read;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
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
    private static final int LARGE = 512 << 10;

    private final FrameCache cache = new FrameCache(CAPACITY);

    /// A frame of `length` bytes that all are `content`.
    private record Made(int length, int content, AtomicInteger reads) implements FrameCache.Reader {
        Made(int length, int content) {
            this(length, content, new AtomicInteger());
        }

        @Override
        public void read(byte[] target) {
            reads.incrementAndGet();
            Arrays.fill(target, 0, length, (byte) content);
        }
    }

    /// Reads a frame of which it is told when it has begun and when it may go on.
    private record Slow(FrameCache.Reader reader, CountDownLatch begun, CountDownLatch goOn) implements FrameCache.Reader {
        Slow(FrameCache.Reader reader) {
            this(reader, new CountDownLatch(1), new CountDownLatch(1));
        }

        @Override
        public int length() {
            return reader.length();
        }

        @Override
        public void read(byte[] target) throws IOException {
            begun.countDown();
            await(goOn);
            reader.read(target);
        }
    }

    private record Failing(int length) implements FrameCache.Reader {
        @Override
        public void read(byte[] target) throws IOException {
            throw new IOException("it is not in memory");
        }
    }

    private boolean inMemory(FrameAddress address) {
        try (var _ = cache.borrow(address, new Failing(1))) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private void read(FrameAddress address, int length) throws IOException {
        cache.borrow(address, new Made(length, 1)).close();
    }

    @Test
    void itHoldsTheFramesUsedLastThatFit(Seed seed) throws IOException {
        var random = seed.random();
        var model = new LinkedHashMap<FrameAddress, Integer>(16, 0.75f, true);
        for (int step = 0; step < 20_000; step++) {
            var address = address(random.nextInt(30));
            assertEquals(model.get(address) != null, inMemory(address));
            if (model.containsKey(address) || random.nextBoolean()) {
                continue;
            }
            int length = random.nextInt(200);
            read(address, length);
            model.put(address, length);
            while (model.values().stream().mapToInt(Integer::intValue).sum() > CAPACITY) {
                model.pollFirstEntry();
            }
        }
    }

    @Test
    void aFrameLargerThanTheCacheIsHeldAlone() throws IOException {
        read(address(1), 10);
        read(address(2), CAPACITY + 1);
        assertFalse(inMemory(address(1)));
        assertTrue(inMemory(address(2)));
        read(address(3), 10);
        assertFalse(inMemory(address(2)));
        assertTrue(inMemory(address(3)));
    }

    /// Buffers are used again, but never one that somebody has borrowed, or that is still to be found.
    @Test
    void aBorrowedFrameStaysAsItIs(Seed seed) throws IOException {
        var random = seed.random();
        var large = new FrameCache(5 * LARGE);
        var borrowed = new ArrayDeque<FrameCache.Frame>();
        var contents = new ArrayDeque<Integer>();
        for (int step = 0; step < 2_000; step++) {
            int number = random.nextInt(30);
            var frame = large.borrow(address(number), new Made(LARGE - number, number));
            borrowed.add(frame);
            contents.add(number);
            if (random.nextInt(10) == 0) {
                large.remove(address(random.nextInt(30)));
            }
            if (borrowed.size() > 10) {
                try (var oldest = borrowed.remove()) {
                    int content = contents.remove();
                    for (int i = 0; i < LARGE - content; i += 997) {
                        assertEquals(content, oldest.bytes()[i]);
                    }
                }
            }
        }
    }

    @Test
    void aLargeFrameThatWasGivenBackMakesRoomForTheNext() throws IOException {
        var large = new FrameCache(LARGE);
        byte[] first;
        try (var frame = large.borrow(address(1), new Made(LARGE - 7, 1))) {
            first = frame.bytes();
        }
        large.borrow(address(2), new Made(LARGE, 2)).close();
        try (var third = large.borrow(address(3), new Made(LARGE - 1, 3))) {
            assertSame(first, third.bytes());
        }
    }

    /// Else thousands of map nodes would take a hundred times the memory that the cache was given.
    @Test
    void aSmallFrameTakesNoMoreThanItIsLong() throws IOException {
        try (var frame = cache.borrow(address(1), new Made(100, 1))) {
            assertEquals(100, frame.bytes().length);
        }
    }

    @Test
    void severalReadersOfAFrameReadItOnce() throws Exception {
        var made = new Made(10, 7);
        var slow = new Slow(made);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = new ArrayList<Future<Byte>>();
            for (int i = 0; i < 20; i++) {
                all.add(threads.submit(() -> {
                    try (var frame = cache.borrow(address(1), slow)) {
                        return frame.bytes()[9];
                    }
                }));
            }
            slow.begun.await();
            slow.goOn.countDown();
            for (var one : all) {
                assertEquals((byte) 7, one.get());
            }
        }
        assertEquals(1, made.reads.get());
    }

    @Test
    void aFailureIsThatOfTheReaderItHappenedTo() throws Exception {
        var slow = new Slow(new Failing(3));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var failing = threads.submit(() -> cache.borrow(address(1), slow));
            slow.begun.await();
            var waiting = threads.submit(() -> {
                try (var frame = cache.borrow(address(1), new Made(3, 5))) {
                    return frame.bytes()[2];
                }
            });
            slow.goOn.countDown();
            assertEquals((byte) 5, waiting.get());
            assertThrows(ExecutionException.class, failing::get);
        }
    }

    @Test
    void whatIsProvenOfAFrameHoldsForThatChunkAndIdOnly() throws IOException {
        var id = ChunkIdentity.plain().newHasher().id(new byte[1]);
        var other = ChunkIdentity.plain().newHasher().id(new byte[2]);
        try (var frame = cache.borrow(address(1), new Made(10, 1))) {
            frame.proved(7, id);
            assertTrue(frame.isProven(7, id));
            assertFalse(frame.isProven(7, other));
            assertFalse(frame.isProven(8, id));
        }
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
