package io.xenolith.engine.backup;

import io.xenolith.engine.chunk.Chunker;
import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.disk.DiskSource;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import io.xenolith.engine.map.MapChunk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// All regions of a disk, read from the source but for the holes that it knows of.
final class WholeRegions implements RegionJob.Feed {

    private final DiskSource source;
    private final long size;
    private final AtomicLong bytesRead;
    private final AtomicLong nextRegion = new AtomicLong();

    WholeRegions(DiskSource source, AtomicLong bytesRead) {
        this.source = source;
        this.size = source.size();
        this.bytesRead = bytesRead;
    }

    @Override
    public Optional<RegionJob> next() {
        long from = nextRegion.getAndAdd(Chunking.REGION_BYTES);
        return from >= size ? Optional.empty()
                : Optional.of(new Job(Extent.between(from, Math.min(size, from + Chunking.REGION_BYTES))));
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
            var found = new ArrayList<MapChunk>();
            var allocated = source.allocated(region);
            if (!allocated.isEmpty()) {
                worker.cut(region.offset(), region.end(), new Input(allocated), found, _ -> false);
            }
            return found;
        }
    }

    private final class Input implements Chunker.Input {
        private final Extents allocated;

        Input(Extents allocated) {
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
