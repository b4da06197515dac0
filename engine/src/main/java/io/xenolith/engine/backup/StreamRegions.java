package io.xenolith.engine.backup;

import io.xenolith.engine.chunk.Chunker;
import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.disk.DiskStream;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.map.MapChunk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/// The regions of a disk that arrives in order: whoever is free reads the next region whole, then cuts it while another
/// thread reads on. Holds as many regions in memory as there are threads.
final class StreamRegions implements RegionJob.Feed {

    private final DiskStream stream;

    /// The fields below are guarded by `this`, which is held while a region is read: the stream has but one end.
    private final Deque<byte[]> freeBuffers = new ArrayDeque<>();
    private long size;
    private boolean ended;

    StreamRegions(DiskStream stream) {
        this.stream = stream;
    }

    @Override
    public synchronized Optional<RegionJob> next() throws IOException {
        if (ended) {
            return Optional.empty();
        }
        var bytes = freeBuffers.isEmpty() ? new byte[Chunking.REGION_BYTES] : freeBuffers.pop();
        var target = ByteBuffer.wrap(bytes);
        stream.read(target);
        ended = target.hasRemaining();
        if (target.position() == 0) {
            return Optional.empty();
        }
        var region = new Extent(size, target.position());
        size = region.end();
        return Optional.of(new Job(region, bytes));
    }

    /// How many bytes have come; the disk's size, once there is no next region.
    synchronized long size() {
        return size;
    }

    private synchronized void release(byte[] buffer) {
        freeBuffers.push(buffer);
    }

    private final class Job implements RegionJob, Chunker.Input {
        private final Extent region;
        private final byte[] bytes;

        Job(Extent region, byte[] bytes) {
            this.region = region;
            this.bytes = bytes;
        }

        @Override
        public Extent region() {
            return region;
        }

        @Override
        public List<MapChunk> run(RegionWorker worker) throws IOException {
            var found = new ArrayList<MapChunk>();
            worker.cut(region.offset(), region.end(), this, found, _ -> false);
            release(bytes);
            return found;
        }

        @Override
        public long zerosFrom(long offset, long limit) {
            return 0;
        }

        @Override
        public void read(long offset, byte[] target, int at, int length) {
            System.arraycopy(bytes, (int) (offset - region.offset()), target, at, length);
        }
    }
}
