package io.xenolith.engine.disk;

import io.xenolith.engine.chunk.Chunking;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// A target in memory that holds only pages with data. It insists on what [DiskTarget] promises to its implementers: an
/// [AssertionError] tells of writes that overlap, lie outside of the disk or come out of turn.
public final class MemoryTarget implements ReadableTarget {

    /// What happens at the beginning of a write, in the thread that writes.
    public interface Event {
        void happen(long offset) throws IOException;
    }

    private final boolean sequential;
    private final boolean needsZeros;
    private final AtomicInteger writing = new AtomicInteger();
    private volatile Event beforeWrite = _ -> { };

    /// Guarded by `this`.
    private final SparseDisk content;
    private final List<Extent> written = new ArrayList<>();
    private boolean committed;

    private MemoryTarget(SparseDisk content, boolean sequential, boolean needsZeros) {
        this.content = content;
        this.sequential = sequential;
        this.needsZeros = needsZeros;
    }

    /// Zeros, to be written in any order.
    public static MemoryTarget blank(long size) {
        return new MemoryTarget(new SparseDisk(size), false, false);
    }

    /// Something that is in the way or to be updated, to be written in any order. `content` belongs to the target now.
    public static MemoryTarget holding(SparseDisk content) {
        return new MemoryTarget(content, false, true);
    }

    /// To be written in sequence.
    public static MemoryTarget inSequence(long size) {
        return new MemoryTarget(new SparseDisk(size), true, true);
    }

    /// To be written in sequence, holes left out.
    public static MemoryTarget inSequenceWithGaps(long size) {
        return new MemoryTarget(new SparseDisk(size), true, false);
    }

    /// Lets `event` happen at the beginning of each write.
    public MemoryTarget beforeWrite(Event event) {
        beforeWrite = event;
        return this;
    }

    @Override
    public boolean sequential() {
        return sequential;
    }

    @Override
    public boolean needsZeros() {
        return needsZeros;
    }

    @Override
    public void write(long offset, ByteBuffer bytes) throws IOException {
        boolean alone = writing.incrementAndGet() == 1;
        try {
            require(alone || !sequential, "two threads write at once", offset);
            beforeWrite.happen(offset);
            put(offset, bytes);
        } finally {
            writing.decrementAndGet();
        }
    }

    private synchronized void put(long offset, ByteBuffer bytes) {
        var extent = new Extent(offset, bytes.remaining());
        require(extent.end() <= content.size(), "the write ends behind the disk", offset);
        long end = written.isEmpty() ? 0 : written.getLast().end();
        require(!sequential || offset == end || !needsZeros && offset > end, "out of sequence", offset);
        written.add(extent);
        while (bytes.hasRemaining()) {
            var block = new byte[Math.min(bytes.remaining(), Chunking.BLOCK_BYTES)];
            bytes.get(block);
            long at = extent.end() - bytes.remaining() - block.length;
            boolean changesNothing = Chunking.isZero(block, 0, block.length)
                    && content.allocated(new Extent(at, block.length)).isEmpty();
            if (!changesNothing) {
                content.write(at, block);
            }
        }
    }

    private static void require(boolean kept, String otherwise, long offset) {
        if (!kept) {
            throw new AssertionError("write at %d: %s".formatted(offset, otherwise));
        }
    }

    @Override
    public synchronized void read(long offset, ByteBuffer bytes) throws IOException {
        content.read(offset, bytes);
    }

    @Override
    public synchronized void commit() {
        committed = true;
    }

    @Override
    public void close() {
    }

    public synchronized boolean isCommitted() {
        return committed;
    }

    /// What the target holds; not to be looked at while somebody writes.
    public SparseDisk content() {
        return content;
    }

    /// What was written.
    ///
    /// @throws AssertionError if anything was written twice
    public synchronized Extents written() {
        var extents = Extents.of(written);
        require(extents.bytes() == written.stream().mapToLong(Extent::length).sum(), "some writes overlap", 0);
        return extents;
    }
}
