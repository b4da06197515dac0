package io.xenolith.engine.backup;

import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.disk.DiskSource;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import io.xenolith.engine.map.BlockMap;
import io.xenolith.engine.store.ChunkSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// The regions of a disk in which something changed since a base, read from a source that can be asked for any byte.
final class ChangedRegions implements RegionJob.Feed {

    private final DiskSource source;
    private final BlockMap base;
    private final ChunkSource stored;
    private final Extents changed;
    private final Extents dirty;
    private final AtomicLong bytesRead;
    private final Iterator<Extent> regions;

    /// @param changed what the source is to be read for
    ChangedRegions(DiskSource source, BlockMap base, ChunkSource stored, Extents changed, AtomicLong bytesRead) {
        this.source = source;
        this.base = base;
        this.stored = stored;
        this.changed = changed;
        this.dirty = ChangedRegion.dirty(changed, base.size(), source.size());
        this.bytesRead = bytesRead;
        this.regions = new RegionsOf(dirty, source.size());
    }

    /// The blocks that are cut anew.
    Extents dirty() {
        return dirty;
    }

    @Override
    public Optional<RegionJob> next() throws IOException {
        Extent region;
        synchronized (regions) {
            if (!regions.hasNext()) {
                return Optional.empty();
            }
            region = regions.next();
        }
        var fresh = new FromSource(source.allocated(region));
        return Optional.of(new ChangedRegion(region, base, stored, changed, source.size(), fresh));
    }

    /// The regions that have a byte in a set, in ascending order.
    private static final class RegionsOf implements Iterator<Extent> {
        private final Iterator<Extent> extents;
        private final long size;
        private Optional<Extent> current = Optional.empty();
        private long next;

        RegionsOf(Extents set, long size) {
            this.extents = set.iterator();
            this.size = size;
        }

        @Override
        public boolean hasNext() {
            while (current.isEmpty() || next >= current.get().end()) {
                if (!extents.hasNext()) {
                    return false;
                }
                current = Optional.of(extents.next());
                long start = current.get().offset() / Chunking.REGION_BYTES * Chunking.REGION_BYTES;
                next = Math.max(next, start);
            }
            return true;
        }

        @Override
        public Extent next() {
            hasNext();
            long from = next;
            next = from + Chunking.REGION_BYTES;
            return Extent.between(from, Math.min(size, next));
        }
    }

    private final class FromSource implements ChangedRegion.Fresh {
        private final Extents allocated;

        FromSource(Extents allocated) {
            this.allocated = allocated;
        }

        @Override
        public long zerosFrom(long offset, long limit) {
            return allocated.gapFrom(offset, limit);
        }

        @Override
        public void read(long offset, byte[] target, int at, int length) throws IOException {
            source.read(offset, ByteBuffer.wrap(target, at, length));
            bytesRead.addAndGet(length);
        }
    }
}
