package io.xenolith.engine.backup;

import io.xenolith.engine.chunk.Chunker;
import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.disk.DiskSource;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import io.xenolith.engine.map.BlockMap;
import io.xenolith.engine.map.MapChunk;
import io.xenolith.engine.store.ChunkSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// The regions of a disk in which something changed since a base.
///
/// A region is cut anew only from the chunk in which a change begins, or which ends where it begins (that chunk may have
/// ended for the hole behind it), up to the first old boundary behind the change that cutting comes to again. Changed
/// bytes come from the source; what cutting needs beside them comes from the base.
final class ChangedRegions implements RegionJob.Feed {

    private final DiskSource source;
    private final BlockMap base;
    private final ChunkSource stored;
    private final Extents changed;
    private final Extents dirty;
    private final long size;
    private final AtomicLong bytesRead;
    private final Iterator<Extent> regions;

    /// @param changed what the source is to be read for
    ChangedRegions(DiskSource source, BlockMap base, ChunkSource stored, Extents changed, AtomicLong bytesRead) {
        this.source = source;
        this.base = base;
        this.stored = stored;
        this.size = source.size();
        this.changed = changed;
        this.dirty = dirty(changed, base.size(), size);
        this.bytesRead = bytesRead;
        this.regions = new RegionsOf(dirty, size);
    }

    /// Holes are found by whole blocks, so a block of which a byte changed is cut as a whole. When the size changes, the
    /// last block that both disks have is not what it was.
    private static Extents dirty(Extents changed, long oldSize, long size) {
        var blocks = changed.alignedOutward(Chunking.BLOCK_BYTES, size);
        long common = Math.min(oldSize, size);
        if (oldSize == size || common == 0) {
            return blocks;
        }
        return blocks.union(Extents.between(common - 1, common).alignedOutward(Chunking.BLOCK_BYTES, size));
    }

    /// The blocks that are cut anew.
    Extents dirty() {
        return dirty;
    }

    @Override
    public Optional<RegionJob> next() {
        synchronized (regions) {
            return regions.hasNext() ? Optional.of(new Job(regions.next())) : Optional.empty();
        }
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

    private final class Job implements RegionJob {
        private final Extent region;

        Job(Extent region) {
            this.region = region;
        }

        @Override
        public Extent region() {
            return region;
        }

        @Override
        public List<MapChunk> run(RegionWorker worker) throws IOException {
            var chunks = BaseUnreadableException.guard(() -> base.chunks(region.offset(), region.end()));
            var old = new OldChunks(chunks, stored);
            var dirtyHere = dirty.within(region.offset(), region.end());
            var input = new MixedInput(region, old);
            var found = new ArrayList<MapChunk>();
            long position = region.offset();
            for (var extent : dirtyHere) {
                if (extent.end() <= position) {
                    continue; // the cut before went on through this one
                }
                long restart = Math.max(position, old.restartFor(extent.offset()));
                found.addAll(old.inside(position, restart));
                position = worker.cut(restart, region.end(), input, found,
                        at -> old.isBoundary(at) && !dirtyHere.intersects(at, at + 1));
            }
            found.addAll(old.inside(position, region.end()));
            return found;
        }
    }

    /// Changed bytes from the source, the others from the base.
    private final class MixedInput implements Chunker.Input {
        private final OldChunks old;
        private final Extents fresh;
        private final Extents allocated;

        MixedInput(Extent region, OldChunks old) throws IOException {
            this.old = old;
            this.fresh = changed.within(region.offset(), region.end());
            this.allocated = source.allocated(region);
        }

        /// Reading on would mean to decode chunks that nothing needs.
        @Override
        public int readAhead() {
            return Chunking.BLOCK_BYTES;
        }

        @Override
        public long zerosFrom(long offset, long limit) {
            long untilFresh = fresh.gapFrom(offset, limit);
            return untilFresh > 0 ? old.zerosFrom(offset, untilFresh)
                    : allocated.gapFrom(offset, Math.min(limit, fresh.runFrom(offset, limit)));
        }

        @Override
        public void read(long offset, byte[] target, int at, int length) throws IOException {
            for (int done = 0; done < length;) {
                long from = offset + done;
                int stale = (int) fresh.gapFrom(from, length - done);
                if (stale > 0) {
                    old.read(from, target, at + done, stale);
                    done += stale;
                } else {
                    int run = (int) fresh.runFrom(from, length - done);
                    source.read(from, ByteBuffer.wrap(target, at + done, run));
                    bytesRead.addAndGet(run);
                    done += run;
                }
            }
        }
    }
}
