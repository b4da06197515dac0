package io.xenolith.engine.disk;

import io.xenolith.engine.chunk.Chunking;
import java.io.EOFException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// A disk in memory that holds only the pages that were written, and remembers what was read of it.
public final class SparseDisk implements DiskSource {

    private static final int PAGE = Chunking.PAGE_BYTES;

    private final TreeMap<Long, byte[]> pages = new TreeMap<>();
    private final List<Extent> reads = new ArrayList<>();
    private long size;

    public SparseDisk(long size) {
        this.size = size;
    }

    /// A disk with the same content, of which nothing was read.
    public SparseDisk copy() {
        var copy = new SparseDisk(size);
        pages.forEach((page, bytes) -> copy.pages.put(page, bytes.clone()));
        return copy;
    }

    @Override
    public long size() {
        return size;
    }

    /// Writes bytes, as far as they fit on the disk.
    public void write(long offset, byte[] bytes) {
        for (int i = 0; i < bytes.length && offset + i < size;) {
            long at = offset + i;
            int inPage = (int) (at % PAGE);
            int count = (int) Math.min(Math.min(bytes.length - i, PAGE - inPage), size - at);
            System.arraycopy(bytes, i, pages.computeIfAbsent(at / PAGE, _ -> new byte[PAGE]), inPage, count);
            i += count;
        }
    }

    /// Makes the disk `newSize` bytes long: cuts it off, or adds zeros.
    public void resize(long newSize) {
        pages.tailMap((newSize + PAGE - 1) / PAGE).clear();
        if (newSize < size && newSize % PAGE != 0 && pages.containsKey(newSize / PAGE)) {
            var last = pages.get(newSize / PAGE);
            java.util.Arrays.fill(last, (int) (newSize % PAGE), PAGE, (byte) 0);
        }
        size = newSize;
    }

    /// The bytes `[offset, offset + length)`.
    public byte[] bytes(long offset, int length) {
        var bytes = new byte[length];
        for (int i = 0; i < length;) {
            int inPage = (int) ((offset + i) % PAGE);
            int count = Math.min(length - i, PAGE - inPage);
            var page = pages.get((offset + i) / PAGE);
            if (page != null) {
                System.arraycopy(page, inPage, bytes, i, count);
            }
            i += count;
        }
        return bytes;
    }

    @Override
    public void read(long offset, ByteBuffer target) throws EOFException {
        if (offset + target.remaining() > size) {
            throw new EOFException("read of %d bytes at %d, disk of %d".formatted(target.remaining(), offset, size));
        }
        synchronized (reads) {
            reads.add(new Extent(offset, target.remaining()));
        }
        target.put(bytes(offset, target.remaining()));
    }

    @Override
    public Extents allocated(Extent extent) {
        var written = pages.subMap(extent.offset() / PAGE, (extent.end() + PAGE - 1) / PAGE).keySet().stream()
                .map(page -> new Extent(page * PAGE, PAGE)).toList();
        return Extents.of(written).within(extent.offset(), extent.end());
    }

    /// What was read so far.
    public Extents reads() {
        synchronized (reads) {
            return Extents.of(reads);
        }
    }

    /// The same content as a stream of unknown length.
    public DiskStream asStream() {
        return new DiskStream() {
            private long position;

            @Override
            public void read(ByteBuffer target) {
                int count = (int) Math.min(target.remaining(), size - position);
                target.put(bytes(position, count));
                position += count;
            }

            @Override
            public void close() {
            }
        };
    }

    /// The same content as a stream that passes over pages that were never written.
    public DiskStream asStreamWithHoles() {
        return new DiskStream() {
            private long position;

            @Override
            public void read(ByteBuffer target) {
                int count = (int) Math.min(target.remaining(), size - position);
                target.put(bytes(position, count));
                position += count;
            }

            @Override
            public long skipZeros(long limit) {
                long most = Math.min(limit, size - position);
                long zeros = most == 0 ? 0 : allocated(new Extent(position, most)).gapFrom(position, most);
                position += zeros;
                return zeros;
            }

            @Override
            public void close() {
            }
        };
    }

    /// What `changed` says of this disk, as an image of blocks of `blockBytes` would hold it.
    public DeltaStream asDelta(Extents changed, int blockBytes) {
        var touched = new DiskBlocks(size, blockBytes);
        changed.within(0, size).forEach(touched::add);
        return new DeltaStream() {
            private long position;

            @Override
            public long size() {
                return size;
            }

            @Override
            public DiskBlocks touched() {
                return touched;
            }

            @Override
            public Extents read(Extent region, byte[] target) {
                if (region.offset() < position) {
                    throw new AssertionError("%s was asked for behind byte %d".formatted(region, position));
                }
                position = region.end();
                java.util.Arrays.fill(target, (byte) 0xA5); // what is not changed is undefined
                var here = changed.within(region.offset(), region.end());
                for (var extent : here) {
                    System.arraycopy(bytes(extent.offset(), (int) extent.length()), 0, target,
                            (int) (extent.offset() - region.offset()), (int) extent.length());
                }
                return here;
            }

            @Override
            public void close() {
            }
        };
    }

    @Override
    public void close() {
    }
}
