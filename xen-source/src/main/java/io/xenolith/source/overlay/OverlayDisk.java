package io.xenolith.source.overlay;

import io.xenolith.engine.disk.DiskSource;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.concurrent.locks.ReentrantLock;

/// A disk laid over another one, which it does not change. Safe for use by several threads: a read that begins after a
/// write returned sees it. What two writes to the same bytes at the same time leave is one or the other, block by block.
///
/// As a [DiskSource] it is frozen as soon as nobody writes any more.
public final class OverlayDisk implements DiskSource {

    /// What is kept or read from below as a whole; the disk's last block may be shorter.
    public static final int BLOCK_BYTES = 64 << 10;

    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(BLOCK_BYTES).asReadOnlyBuffer();
    private static final int STRIPES = 64;

    private final DiskSource below;
    private final ScratchSpace space;
    private final FileChannel scratch;

    /// Writers of one block take turns, because the first one brings the rest of the block from below. A block's lock is the
    /// one at its index modulo [#STRIPES], and is held across that.
    private final ReentrantLock[] stripes = new ReentrantLock[STRIPES];

    /// What the blocks are: in the scratch file, zeros, or neither. A block that has a `place` there keeps it. Guarded by
    /// `places`, which is held for moments.
    private final BitSet kept = new BitSet();
    private final BitSet zeros = new BitSet();
    private final BitSet places = new BitSet();

    private OverlayDisk(DiskSource below, ScratchSpace space) throws IOException {
        this.below = below;
        this.space = space;
        this.scratch = space.newFile();
        for (int i = 0; i < STRIPES; i++) {
            stripes[i] = new ReentrantLock();
        }
    }

    /// Lays a disk over `below`, which stays open as long as this one and is the caller's to close.
    ///
    /// @throws IOException if the directory takes no scratch file
    public static OverlayDisk over(DiskSource below, ScratchSpace space) throws IOException {
        if (below.size() / BLOCK_BYTES >= Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a disk of %d bytes is too large to be laid over".formatted(below.size()));
        }
        return new OverlayDisk(below, space);
    }

    private enum Where { BELOW, ZEROS, SCRATCH }

    @Override
    public long size() {
        return below.size();
    }

    @Override
    public void read(long offset, ByteBuffer target) throws IOException {
        requireInside(offset, target.remaining());
        for (long at = offset; target.hasRemaining();) {
            int length = runLength(at, target.remaining());
            var part = target.slice(target.position(), length);
            switch (where(block(at))) {
                case BELOW -> below.read(at, part);
                case ZEROS -> putZeros(part);
                case SCRATCH -> readScratch(at, part);
            }
            target.position(target.position() + length);
            at += length;
        }
    }

    private static void putZeros(ByteBuffer target) {
        while (target.hasRemaining()) {
            target.put(ZEROS.slice(0, Math.min(ZEROS.capacity(), target.remaining())));
        }
    }

    private void readScratch(long offset, ByteBuffer target) throws IOException {
        for (long at = offset; target.hasRemaining();) {
            int count = scratch.read(target, at);
            if (count < 0) {
                throw new EOFException("the scratch file ends at byte %d".formatted(at));
            }
            at += count;
        }
    }

    /// How many bytes from `offset` on, at most `limit`, are in the same place.
    private int runLength(long offset, int limit) {
        int first = block(offset);
        synchronized (places) {
            int next = where(first) == Where.BELOW ? earlier(kept.nextSetBit(first), zeros.nextSetBit(first))
                    : kept.get(first) ? kept.nextClearBit(first) : zeros.nextClearBit(first);
            return next < 0 ? limit : (int) Math.min(limit, (long) next * BLOCK_BYTES - offset);
        }
    }

    private static int earlier(int a, int b) {
        return a < 0 ? b : b < 0 ? a : Math.min(a, b);
    }

    private Where where(int block) {
        synchronized (places) {
            return kept.get(block) ? Where.SCRATCH : zeros.get(block) ? Where.ZEROS : Where.BELOW;
        }
    }

    /// Writes what remains in `source` at `offset`.
    ///
    /// @throws ScratchFullException if there is no room; the extent then holds any mixture of old and new bytes
    public void write(long offset, ByteBuffer source) throws IOException {
        requireInside(offset, source.remaining());
        for (long at = offset; source.hasRemaining();) {
            int length = (int) Math.min(source.remaining(), blockEnd(at) - at);
            writeBlock(at, source.slice(source.position(), length));
            source.position(source.position() + length);
            at += length;
        }
    }

    private void writeBlock(long offset, ByteBuffer source) throws IOException {
        int block = block(offset);
        var lock = stripes[block % STRIPES];
        lock.lock();
        try {
            var where = where(block);
            if (where == Where.SCRATCH) {
                writeScratch(offset, source);
                return;
            }
            reserve(block);
            boolean whole = offset == start(block) && offset + source.remaining() == blockEnd(offset);
            writeScratch(start(block), whole ? source : completed(block, where, offset, source));
            mark(block, Where.SCRATCH);
        } finally {
            lock.unlock();
        }
    }

    private ByteBuffer completed(int block, Where where, long offset, ByteBuffer source) throws IOException {
        var bytes = ByteBuffer.allocate((int) (blockEnd(offset) - start(block)));
        if (where == Where.BELOW) {
            below.read(start(block), bytes);
        }
        bytes.put((int) (offset - start(block)), source, source.position(), source.remaining());
        return bytes.clear();
    }

    private void writeScratch(long offset, ByteBuffer source) throws IOException {
        try {
            for (long at = offset; source.hasRemaining();) {
                at += scratch.write(source, at);
            }
        } catch (IOException e) {
            throw space.failed(e);
        }
    }

    private void reserve(int block) throws ScratchFullException {
        synchronized (places) {
            if (!places.get(block)) {
                space.reserve(BLOCK_BYTES);
                places.set(block);
            }
        }
    }

    private void mark(int block, Where where) {
        synchronized (places) {
            kept.set(block, where == Where.SCRATCH);
            zeros.set(block, where == Where.ZEROS);
        }
    }

    /// Makes an extent read as zeros.
    ///
    /// @param keepRoom whether later writes there must find room
    /// @throws ScratchFullException if there is no room for what has to be kept
    public void zero(long offset, long length, boolean keepRoom) throws IOException {
        requireInside(offset, length);
        for (long at = offset; at < offset + length;) {
            long end = Math.min(offset + length, blockEnd(at));
            if (at == start(block(at)) && end == blockEnd(at) && !keepRoom) {
                zeroBlock(block(at));
            } else if (where(block(at)) != Where.ZEROS || keepRoom) {
                writeBlock(at, ZEROS.slice(0, (int) (end - at)));
            }
            at = end;
        }
    }

    /// Makes the whole blocks of an extent read as zeros, and leaves the rest alone.
    public void trim(long offset, long length) {
        requireInside(offset, length);
        long end = offset + length == size() ? size() : (offset + length) / BLOCK_BYTES * BLOCK_BYTES;
        for (long at = (offset + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES; at < end; at += BLOCK_BYTES) {
            zeroBlock(block(at));
        }
    }

    private void zeroBlock(int block) {
        var lock = stripes[block % STRIPES];
        lock.lock();
        try {
            mark(block, Where.ZEROS);
        } finally {
            lock.unlock();
        }
    }

    /// The blocks that may differ from the disk below.
    public Extents changed() {
        var changed = new ArrayList<Extent>();
        synchronized (places) {
            var touched = (BitSet) kept.clone();
            touched.or(zeros);
            for (int from = touched.nextSetBit(0); from >= 0;) {
                int to = touched.nextClearBit(from);
                changed.add(Extent.between(start(from), Math.min(size(), start(to))));
                from = touched.nextSetBit(to);
            }
        }
        return Extents.of(changed);
    }

    @Override
    public Extents allocated(Extent extent) throws IOException {
        var found = new ArrayList<Extent>();
        for (long at = extent.offset(); at < extent.end();) {
            var run = new Extent(at, runLength(at, (int) Math.min(Integer.MAX_VALUE, extent.end() - at)));
            switch (where(block(at))) {
                case BELOW -> found.addAll(below.allocated(run).asList());
                case SCRATCH -> found.add(run);
                case ZEROS -> { }
            }
            at = run.end();
        }
        return Extents.of(found);
    }

    /// Makes sure that what was written can be read, as far as the system knows: a failing disk may tell only now.
    public void flush() throws IOException {
        try {
            scratch.force(false);
        } catch (IOException e) {
            throw space.failed(e);
        }
    }

    private void requireInside(long offset, long length) {
        if (offset < 0 || length < 0 || offset > size() - length) {
            throw new IllegalArgumentException("%d bytes at offset %d are not inside a disk of %d bytes"
                    .formatted(length, offset, size()));
        }
    }

    private static int block(long offset) {
        return (int) (offset / BLOCK_BYTES);
    }

    private static long start(int block) {
        return (long) block * BLOCK_BYTES;
    }

    private long blockEnd(long offset) {
        return Math.min(size(), start(block(offset) + 1));
    }

    /// What was written is gone. The disk below stays open.
    @Override
    public void close() throws IOException {
        scratch.close();
    }
}
