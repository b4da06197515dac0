package io.xenolith.engine.backup;

import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.disk.DeltaStream;
import io.xenolith.engine.disk.DiskBlocks;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import io.xenolith.engine.map.BlockMap;
import io.xenolith.engine.map.MapChunk;
import io.xenolith.engine.store.ChunkSource;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/// The regions of a disk in which something changed since a base, whose changes arrive in order: whoever is free reads the
/// changes of the next region, then cuts it while another thread reads on. Holds as many regions in memory as there are
/// threads.
final class DeltaRegions implements RegionJob.Feed {

    private final DeltaStream delta;
    private final BlockMap base;
    private final ChunkSource stored;
    private final DiskBlocks regions;

    /// The fields below are guarded by `this`, which is held while changes are read: they have but one end.
    private final Deque<byte[]> freeBuffers = new ArrayDeque<>();
    private int next;
    private long bytesRead;

    DeltaRegions(DeltaStream delta, BlockMap base, ChunkSource stored) {
        this.delta = delta;
        this.base = base;
        this.stored = stored;
        this.regions = regions(delta, base.size());
    }

    private static DiskBlocks regions(DeltaStream delta, long oldSize) {
        var regions = new DiskBlocks(delta.size(), Chunking.REGION_BYTES);
        var touched = delta.touched();
        for (int block = touched.next(0); block >= 0; block = touched.next(block + 1)) {
            regions.add(touched.extent(block));
        }
        ChangedRegion.seam(oldSize, delta.size()).forEach(regions::add);
        return regions;
    }

    /// The regions that are cut anew, at most.
    Extents dirty() {
        return delta.size() == 0 ? Extents.NONE : regions.within(new Extent(0, delta.size()));
    }

    @Override
    public synchronized Optional<RegionJob> next() throws IOException {
        int index = regions.next(next);
        if (index < 0) {
            return Optional.empty();
        }
        next = index + 1;
        var region = regions.extent(index);
        var bytes = freeBuffers.isEmpty() ? new byte[Chunking.REGION_BYTES] : freeBuffers.pop();
        var changed = delta.read(region, bytes);
        bytesRead += changed.bytes();
        var fresh = new FromBuffer(region.offset(), bytes);
        var job = new ChangedRegion(region, base, stored, changed, delta.size(), fresh);
        return Optional.of(new Releasing(job, bytes));
    }

    /// How many changed bytes have come.
    synchronized long bytesRead() {
        return bytesRead;
    }

    private synchronized void release(byte[] buffer) {
        freeBuffers.push(buffer);
    }

    private record FromBuffer(long start, byte[] bytes) implements ChangedRegion.Fresh {
        @Override
        public long zerosFrom(long offset, long limit) {
            return 0;
        }

        @Override
        public void read(long offset, byte[] target, int at, int length) {
            System.arraycopy(bytes, (int) (offset - start), target, at, length);
        }
    }

    private final class Releasing implements RegionJob {
        private final RegionJob job;
        private final byte[] bytes;

        Releasing(RegionJob job, byte[] bytes) {
            this.job = job;
            this.bytes = bytes;
        }

        @Override
        public Extent region() {
            return job.region();
        }

        @Override
        public List<MapChunk> run(RegionWorker worker) throws IOException {
            var chunks = job.run(worker);
            release(bytes);
            return chunks;
        }
    }
}
