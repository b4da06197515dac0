package io.xenolith.engine.backup;

import io.xenolith.engine.chunk.Chunker;
import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.disk.DiskStream;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import io.xenolith.engine.map.MapChunk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/// The regions of a disk that arrives in order: whoever is free reads the next region whole, but for zeros that the stream
/// passes over, then cuts it while another thread reads on. Holds as many regions in memory as there are threads.
final class StreamRegions implements RegionJob.Feed {

    private static final int READ_BYTES = 1 << 20; // how much is read before the stream is asked for zeros again

    private final DiskStream stream;

    /// The fields below are guarded by `this`, which is held while a region is read: the stream has but one end.
    private final Deque<byte[]> freeBuffers = new ArrayDeque<>();
    private long size;
    private long bytesRead;
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
        var read = new ArrayList<Extent>();
        int length = fill(bytes, read);
        if (length == 0) {
            return Optional.empty();
        }
        var region = new Extent(size, length);
        size = region.end();
        return Optional.of(new Job(region, bytes, Extents.of(read)));
    }

    /// Takes a region out of the stream: adds to `read` where its bytes are in `bytes`; all else is zeros, passed over.
    ///
    /// @return how long it is
    private int fill(byte[] bytes, List<Extent> read) throws IOException {
        int at = 0;
        while (at < bytes.length && !ended) {
            at += (int) stream.skipZeros(bytes.length - at);
            var target = ByteBuffer.wrap(bytes, at, Math.min(READ_BYTES, bytes.length - at));
            int from = at;
            if (target.hasRemaining()) {
                stream.read(target);
                ended = target.hasRemaining();
                at = target.position();
            }
            if (from < at) {
                read.add(Extent.between(size + from, size + at));
                bytesRead += at - from;
            }
        }
        return at;
    }

    /// How much of the disk has come; its size, once there is no next region.
    synchronized long size() {
        return size;
    }

    /// How many bytes have come, without the zeros that were passed over.
    synchronized long bytesRead() {
        return bytesRead;
    }

    private synchronized void release(byte[] buffer) {
        freeBuffers.push(buffer);
    }

    private final class Job implements RegionJob, Chunker.Input {
        private final Extent region;
        private final byte[] bytes;
        private final Extents read;

        Job(Extent region, byte[] bytes, Extents read) {
            this.region = region;
            this.bytes = bytes;
            this.read = read;
        }

        @Override
        public Extent region() {
            return region;
        }

        @Override
        public List<MapChunk> run(RegionWorker worker) throws IOException {
            var found = new ArrayList<MapChunk>();
            if (!read.isEmpty()) {
                worker.cut(region.offset(), region.end(), this, found, _ -> false);
            }
            release(bytes);
            return found;
        }

        @Override
        public long zerosFrom(long offset, long limit) {
            return read.gapFrom(offset, limit);
        }

        /// A run of bytes that came may end inside of `[offset, offset + length)`; behind it are zeros, then.
        @Override
        public void read(long offset, byte[] target, int at, int length) {
            if (read.runFrom(offset, length) < length) {
                Arrays.fill(target, at, at + length, (byte) 0);
            }
            for (var run : read.within(offset, offset + length)) {
                System.arraycopy(bytes, (int) (run.offset() - region.offset()), target,
                        at + (int) (run.offset() - offset), (int) run.length());
            }
        }
    }
}
