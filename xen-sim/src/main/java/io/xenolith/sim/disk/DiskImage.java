package io.xenolith.sim.disk;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.UUID;

/// The content of one virtual disk: a chain of layers, the newest on top. Safe for threads.
public final class DiskImage {
    /// The block of a VHD, by which exports tell what is allocated.
    public static final int VHD_BLOCK = 2 << 20;

    private final DiskStore store;
    Layer top;
    private volatile long size;

    DiskImage(DiskStore store, Layer top, long size) {
        this.store = store;
        this.top = top;
        this.size = size;
    }

    /// In bytes.
    public long size() {
        return size;
    }

    /// Makes the disk larger; what is new reads as zeros.
    public void grow(long newSize) {
        if (newSize < size) {
            throw new IllegalArgumentException("a disk of %d bytes cannot shrink to %d".formatted(size, newSize));
        }
        size = newSize;
    }

    /// Fills `target` with the bytes from `offset` on.
    ///
    /// @throws EOFException if the disk ends before
    public void read(long offset, ByteBuffer target) throws IOException {
        requireInside(offset, target.remaining());
        store.lock().readLock().lock();
        try {
            while (target.hasRemaining()) {
                var part = partOfBlock(offset, target);
                int length = part.remaining();
                var owner = owner(offset);
                if (owner == null) {
                    zero(part);
                } else {
                    owner.read(offset, part);
                }
                offset += length;
            }
        } finally {
            store.lock().readLock().unlock();
        }
    }

    private static void zero(ByteBuffer part) {
        while (part.hasRemaining()) {
            part.put((byte) 0);
        }
    }

    /// Writes `bytes` from `offset` on.
    ///
    /// @throws EOFException if the disk ends before
    /// @throws StorageFullException if the storage has no room for new blocks
    public void write(long offset, ByteBuffer bytes) throws IOException {
        requireInside(offset, bytes.remaining());
        store.lock().writeLock().lock();
        try {
            while (bytes.hasRemaining()) {
                var part = partOfBlock(offset, bytes);
                int length = part.remaining();
                if (!top.allocated.get((int) (offset / Layer.BLOCK))) {
                    store.requireRoomForBlock();
                    copyUp(offset, length);
                }
                top.write(offset, part);
                offset += length;
            }
        } finally {
            store.lock().writeLock().unlock();
        }
    }

    /// Brings the rest of a block that is about to be written in part to the top layer.
    private void copyUp(long offset, int length) throws IOException {
        var below = owner(offset);
        if (below != null && length < Layer.BLOCK) {
            var block = ByteBuffer.allocate(Layer.BLOCK);
            long start = offset - offset % Layer.BLOCK;
            below.read(start, block);
            top.write(start, block.flip());
        }
    }

    /// A view of what of `buffer` falls into the block at `offset`; the buffer itself moves past it.
    private static ByteBuffer partOfBlock(long offset, ByteBuffer buffer) {
        int length = (int) Math.min(buffer.remaining(), Layer.BLOCK - offset % Layer.BLOCK);
        var part = buffer.slice(buffer.position(), length);
        buffer.position(buffer.position() + length);
        return part;
    }

    private Layer owner(long offset) {
        int block = (int) (offset / Layer.BLOCK);
        for (var layer = top; layer != null; layer = layer.parent) {
            if (layer.allocated.get(block)) {
                return layer;
            }
        }
        return null;
    }

    private void requireInside(long offset, int length) throws EOFException {
        if (offset < 0 || offset + length > size) {
            throw new EOFException("bytes %d to %d of a disk of %d".formatted(offset, offset + length, size));
        }
    }

    /// The 2 MiB blocks that some layer of the chain has.
    public BitSet allocatedVhdBlocks() {
        store.lock().readLock().lock();
        try {
            var blocks = new BitSet();
            for (var layer = top; layer != null; layer = layer.parent) {
                addVhdBlocks(layer, blocks);
            }
            return blocks;
        } finally {
            store.lock().readLock().unlock();
        }
    }

    /// The 2 MiB blocks that some layer has which only one of the two chains goes through: what a delta must carry.
    public BitSet differingVhdBlocks(DiskImage base) {
        store.lock().readLock().lock();
        try {
            var blocks = new BitSet();
            addLayersWithout(top, base.top, blocks);
            addLayersWithout(base.top, top, blocks);
            return blocks;
        } finally {
            store.lock().readLock().unlock();
        }
    }

    private static void addLayersWithout(Layer top, Layer other, BitSet blocks) {
        for (var layer = top; layer != null; layer = layer.parent) {
            if (!hasInChain(other, layer)) {
                addVhdBlocks(layer, blocks);
            }
        }
    }

    private static boolean hasInChain(Layer top, Layer wanted) {
        for (var layer = top; layer != null; layer = layer.parent) {
            if (layer == wanted) {
                return true;
            }
        }
        return false;
    }

    private static void addVhdBlocks(Layer layer, BitSet blocks) {
        layer.allocated.stream().forEach(block -> blocks.set(block / (VHD_BLOCK / Layer.BLOCK)));
    }

    /// The id of the file that the disk's newest writes go to; a delta names it as its parent.
    public UUID fileId() {
        return top.id;
    }

    /// Bytes of the file that the disk's newest writes go to.
    public long ownBytes() {
        return top.allocatedBytes;
    }

    /// The id of the file below, or null.
    public UUID parentFileId() {
        return top.parent == null ? null : top.parent.id;
    }

    /// How many files the chain has.
    public int depth() {
        return top.depth();
    }
}
