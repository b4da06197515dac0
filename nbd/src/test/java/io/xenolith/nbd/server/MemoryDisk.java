package io.xenolith.nbd.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/// A disk in memory with holes, which knows what was written to it, and can fail or hang where a test wants it to.
/// As [Exports] it offers itself read-only under [#NAME] and writable under [#SCRATCH].
final class MemoryDisk implements Exports {
    static final String NAME = "vm/disk 1";
    static final String SCRATCH = "scratch";
    static final String CHANGED = "x-xenolith:changed-since:monday";
    static final int PAGE = 4096;

    private final ByteBuffer content;
    private final BitSet allocated = new BitSet(); // guarded by itself
    private final BitSet changed = new BitSet();   // guarded by allocated
    final AtomicInteger open = new AtomicInteger();
    final AtomicInteger mostOpen = new AtomicInteger();
    final AtomicInteger flushes = new AtomicInteger();
    final AtomicInteger prefetches = new AtomicInteger();
    volatile long failingPage = -1;
    volatile Semaphore gate; // where set, each read takes a permit first

    MemoryDisk(int size) {
        content = ByteBuffer.allocateDirect(size);
    }

    /// A disk on which stretches of random length hold random bytes, or nothing.
    static MemoryDisk random(int size, Random random) {
        var disk = new MemoryDisk(size);
        int at = 0;
        while (at < size) {
            int length = Math.min(size - at, PAGE * (1 + random.nextInt(64)));
            if (random.nextBoolean()) {
                var bytes = new byte[length];
                random.nextBytes(bytes);
                disk.write(at, ByteBuffer.wrap(bytes));
            }
            at += length;
        }
        synchronized (disk.allocated) {
            disk.changed.clear();
        }
        return disk;
    }

    long size() {
        return content.capacity();
    }

    byte[] bytes() {
        var bytes = new byte[content.capacity()];
        content.get(0, bytes);
        return bytes;
    }

    void write(long offset, ByteBuffer source) {
        int length = source.remaining();
        content.slice((int) offset, length).put(source);
        mark(offset, length, true);
    }

    private void zero(long offset, long length, boolean keepAllocated) {
        content.slice((int) offset, (int) length).put(ByteBuffer.allocate((int) length));
        if (keepAllocated) {
            mark(offset, length, true);
            return;
        }
        long from = (offset + PAGE - 1) / PAGE * PAGE;
        long to = (offset + length) / PAGE * PAGE;
        mark(offset, length, true);
        if (from < to) {
            mark(from, to - from, false);
        }
    }

    private void mark(long offset, long length, boolean holds) {
        synchronized (allocated) {
            allocated.set((int) (offset / PAGE), (int) ((offset + length - 1) / PAGE) + 1, holds);
            changed.set((int) (offset / PAGE), (int) ((offset + length - 1) / PAGE) + 1);
        }
    }

    @Override
    public List<ExportListing> list() {
        return List.of(new ExportListing(NAME, "a disk in memory"), new ExportListing(SCRATCH, ""));
    }

    @Override
    public Optional<Export> open(String name) {
        var export = switch (name) {
            case NAME -> new View();
            case SCRATCH -> new WritableView();
            default -> null;
        };
        mostOpen.accumulateAndGet(open.addAndGet(export == null ? 0 : 1), Math::max);
        return Optional.ofNullable(export);
    }

    private class View implements Export {
        @Override
        public long size() {
            return MemoryDisk.this.size();
        }

        @Override
        public String description() {
            return "a disk in memory";
        }

        @Override
        public void read(long offset, ByteBuffer target) throws IOException {
            pass(gate);
            if (failingPage >= 0 && offset < (failingPage + 1) * PAGE && offset + target.remaining() > failingPage * PAGE) {
    
                throw new IOException("page " + failingPage + " is damaged");
            }
            target.put(content.slice((int) offset, target.remaining()));

        }

        private static void pass(Semaphore gate) throws IOException {
            try {
                if (gate != null) {
                    gate.acquire();
                }
            } catch (InterruptedException e) {
                throw new IOException("interrupted", e);
            }
        }

        @Override
        public void prefetch(long offset, long length) {
            prefetches.incrementAndGet();
        }

        @Override
        public List<String> contexts() {
            return List.of(ALLOCATION, CHANGED);
        }

        @Override
        public void status(String context, long offset, long length, StatusReceiver receiver) {
            int page = (int) (offset / PAGE);
            long at = offset;
            do {
                long end = Math.min(size(), (page + 1L) * PAGE);
                if (!receiver.extent(end - at, flags(context, page++))) {
                    return;
                }
                at = end;
            } while (at < offset + length);
        }

        private int flags(String context, int page) {
            synchronized (allocated) {
                if (context.equals(CHANGED)) {
                    return changed.get(page) ? 1 : 0;
                }
                return allocated.get(page) ? 0 : HOLE | ZERO;
            }
        }

        @Override
        public void close() {
            open.decrementAndGet();
        }
    }

    private final class WritableView extends View implements WritableExport {
        @Override
        public void write(long offset, ByteBuffer source, boolean durable) {
            MemoryDisk.this.write(offset, source);
            flushes.addAndGet(durable ? 1 : 0);
        }

        @Override
        public void zero(long offset, long length, boolean keepAllocated, boolean durable) {
            MemoryDisk.this.zero(offset, length, keepAllocated);
            flushes.addAndGet(durable ? 1 : 0);
        }

        @Override
        public void trim(long offset, long length, boolean durable) {
            zero(offset, length, false, durable);
        }

        @Override
        public void flush() {
            flushes.incrementAndGet();
        }
    }
}
