package io.xenolith.engine.backup;

import io.xenolith.engine.Progress;
import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.disk.DeltaStream;
import io.xenolith.engine.disk.DiskSource;
import io.xenolith.engine.disk.DiskStream;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import io.xenolith.engine.map.BlockMap;
import io.xenolith.engine.map.DirtySlots;
import io.xenolith.engine.map.MapBuilder;
import io.xenolith.engine.map.MapChunk;
import io.xenolith.engine.map.MapNode.SlotChunk;
import io.xenolith.engine.map.MapShape;
import io.xenolith.engine.parallel.Crew;
import io.xenolith.engine.store.ChunkStore;
import io.xenolith.engine.store.DiskStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// Turns a disk into chunks and a block map. Regions are read, cut, hashed, compressed and stored side by side, each by one
/// thread from beginning to end; there are no queues between. Safe for use by several threads, each with a disk.
public final class DiskIngest {

    private final ChunkStore store;
    private final int workers;
    private final Progress progress;

    /// @param workers threads for each disk, at least 1
    public DiskIngest(ChunkStore store, int workers, Progress progress) {
        this.store = store;
        this.workers = workers;
        this.progress = progress;
    }

    /// Reads all of a disk.
    ///
    /// @throws IOException if the source or the store fails; what got into the store is reused by the next run
    /// @throws InterruptedException if the calling thread is interrupted; no thread is left behind
    public IngestedDisk whole(DiskSource source) throws IOException, InterruptedException {
        return whole(source, new Reading.Whole(), 0);
    }

    /// Reads all of a disk of which only the changes were asked for.
    ///
    /// @param reason why, as a sentence for the user
    /// @throws IOException if the source or the store fails
    /// @throws InterruptedException if the calling thread is interrupted; no thread is left behind
    public IngestedDisk wholeInstead(DiskSource source, String reason) throws IOException, InterruptedException {
        return whole(source, new Reading.WholeInstead(reason), 0);
    }

    private IngestedDisk whole(DiskSource source, Reading reading, long sampled)
            throws IOException, InterruptedException {
        var shape = new MapShape(source.size());
        progress.expect(shape.size());
        var bytesRead = new AtomicLong(sampled);
        var disk = store.beginDisk();
        return new Run(disk, MapBuilder.whole(disk), bytesRead::get)
                .ingest(new WholeRegions(source, bytesRead), shape::size, reading);
    }

    /// Reads a disk that arrives in order, up to its end.
    ///
    /// @throws IOException if the stream or the store fails
    /// @throws InterruptedException if the calling thread is interrupted; no thread is left behind
    public IngestedDisk stream(DiskStream stream) throws IOException, InterruptedException {
        var regions = new StreamRegions(stream);
        var disk = store.beginDisk();
        return new Run(disk, MapBuilder.whole(disk), regions::bytesRead)
                .ingest(regions, regions::size, new Reading.Whole());
    }

    /// Reads what changed since a base, and a random sample of the rest. If the sample differs from the base, the list of
    /// changes is not to be trusted and all of the disk is read; so it is if the base cannot be read.
    ///
    /// @throws IOException if the source or the store fails
    /// @throws InterruptedException if the calling thread is interrupted; no thread is left behind
    public IngestedDisk changed(DiskSource source, ChangesSince changes, RandomGenerator random)
            throws IOException, InterruptedException {
        var bytesRead = new AtomicLong();
        try {
            var base = BaseUnreadableException.guard(() -> BlockMap.open(store.nodes(), changes.base()));
            return changed(source, base, changes.changed(), random, bytesRead);
        } catch (BaseUnreadableException e) {
            return whole(source, new Reading.WholeInstead("the base cannot be read: " + e.getMessage()), bytesRead.get());
        }
    }

    private IngestedDisk changed(DiskSource source, BlockMap base, Extents listed, RandomGenerator random,
            AtomicLong bytesRead) throws IOException, InterruptedException {
        var shape = new MapShape(source.size());
        var changed = listed.within(0, shape.size()).union(Extents.between(base.size(), shape.size()));
        var regions = new ChangedRegions(source, base, store.chunks(), changed, bytesRead);

        var sample = new BaseSample(source, base, store.identity(), store.chunking());
        var difference = sample.firstDifference(regions.dirty(), random);
        bytesRead.addAndGet(sample.bytesRead());
        if (difference.isPresent()) {
            return whole(source, distrust(difference.get()), bytesRead.get());
        }
        var rewritten = regions.dirty().alignedOutward(Chunking.REGION_BYTES, shape.size());
        progress.expect(rewritten.bytes());
        var disk = store.beginDisk();
        return new Run(disk, MapBuilder.onto(base, new DirtySlots(shape, rewritten), disk), bytesRead::get)
                .ingest(regions, shape::size, new Reading.Changed(sample.bytesRead()));
    }

    /// Lays changes that arrive in order over a base. They are what they are: there is nothing to sample.
    ///
    /// @param base the root id of the disk that the changes count from
    /// @throws IOException if the changes, the base or the store fail
    /// @throws InterruptedException if the calling thread is interrupted; no thread is left behind
    public IngestedDisk delta(DeltaStream delta, ChunkId base) throws IOException, InterruptedException {
        var map = BlockMap.open(store.nodes(), base);
        var regions = new DeltaRegions(delta, map, store.chunks());
        var rewritten = regions.dirty();
        progress.expect(rewritten.bytes());
        var disk = store.beginDisk();
        return new Run(disk, MapBuilder.onto(map, new DirtySlots(new MapShape(delta.size()), rewritten), disk),
                regions::bytesRead).ingest(regions, delta::size, new Reading.Changed(0));
    }

    private static Reading distrust(Extent difference) {
        return new Reading.WholeInstead(
                "the list of changes is wrong: bytes %d to %d differ from the base and are not in it"
                        .formatted(difference.offset(), difference.end()));
    }

    /// One disk on its way in.
    private final class Run {
        private final DiskStore disk;
        private final MapBuilder map;
        private final LongSupplier bytesRead;

        Run(DiskStore disk, MapBuilder map, LongSupplier bytesRead) {
            this.disk = disk;
            this.map = map;
            this.bytesRead = bytesRead;
        }

        IngestedDisk ingest(RegionJob.Feed regions, LongSupplier size, Reading reading)
                throws IOException, InterruptedException {
            Crew.work("ingest", workers, () -> work(regions));
            var root = map.finish(size.getAsLong());
            disk.flushNodes();
            return new IngestedDisk(root, size.getAsLong(), bytesRead.getAsLong(), disk.bytesNew(), disk.bytesStored(),
                    reading);
        }

        private void work(RegionJob.Feed regions) throws IOException {
            var worker = new RegionWorker(store, disk.newSink());
            for (var job = regions.next(); job.isPresent() && !Thread.interrupted(); job = regions.next()) {
                var region = job.get().region();
                mapSlots(region, job.get().run(worker));
                progress.advance(region.length());
            }
            worker.flush();
        }

        private void mapSlots(Extent region, List<MapChunk> chunks) throws IOException {
            int next = 0;
            for (long start = region.offset(); start < region.end(); start += MapShape.SLOT_BYTES) {
                var slot = new ArrayList<SlotChunk>();
                for (; next < chunks.size() && chunks.get(next).offset() < start + MapShape.SLOT_BYTES; next++) {
                    var chunk = chunks.get(next);
                    slot.add(new SlotChunk((int) (chunk.offset() - start), chunk.length(), chunk.id()));
                }
                map.slot(start / MapShape.SLOT_BYTES, slot);
            }
        }
    }
}
