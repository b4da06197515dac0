package io.xenolith.engine.backup;

import io.xenolith.engine.chunk.Chunker;
import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import io.xenolith.engine.map.BlockMap;
import io.xenolith.engine.map.MapChunk;
import io.xenolith.engine.store.ChunkSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// A region in which something changed since a base.
///
/// It is cut anew only from the chunk in which a change begins, or which ends where it begins (that chunk may have
/// ended for the hole behind it), up to the first old boundary behind the change that cutting comes to again. Changed
/// bytes are fresh; what cutting needs beside them comes from the base.
final class ChangedRegion implements RegionJob {

    private final Extent region;
    private final BlockMap base;
    private final ChunkSource stored;
    private final Extents dirty;
    private final Extents changed;
    private final Fresh fresh;

    /// Where changed bytes come from. For use by one thread.
    interface Fresh {
        /// How many changed bytes from `offset` on, at most `limit`, are known to be zeros without reading.
        long zerosFrom(long offset, long limit) throws IOException;

        /// Reads the changed bytes `[offset, offset + length)` of the disk to `target[at, at + length)`.
        void read(long offset, byte[] target, int at, int length) throws IOException;
    }

    /// @param changed what `fresh` is to be read for, of the whole disk or of the region
    /// @param size    of the disk as it is now
    ChangedRegion(Extent region, BlockMap base, ChunkSource stored, Extents changed, long size, Fresh fresh) {
        this.region = region;
        this.base = base;
        this.stored = stored;
        this.changed = changed.within(region.offset(), region.end());
        this.dirty = dirty(this.changed, base.size(), size).within(region.offset(), region.end());
        this.fresh = fresh;
    }

    /// The blocks that are cut anew for `changed`. Holes are found by whole blocks, so a block of which a byte changed is cut
    /// as a whole. When the size changes, the last block that both disks have is not what it was.
    static Extents dirty(Extents changed, long oldSize, long size) {
        return changed.alignedOutward(Chunking.BLOCK_BYTES, size).union(seam(oldSize, size));
    }

    /// The last block that a disk has before and after its size changed; none if it did not.
    static Extents seam(long oldSize, long size) {
        long common = Math.min(oldSize, size);
        return oldSize == size || common == 0 ? Extents.NONE
                : Extents.between(common - 1, common).alignedOutward(Chunking.BLOCK_BYTES, size);
    }

    @Override
    public Extent region() {
        return region;
    }

    @Override
    public List<MapChunk> run(RegionWorker worker) throws IOException {
        var chunks = BaseUnreadableException.guard(() -> base.chunks(region.offset(), region.end()));
        var old = new OldChunks(chunks, stored);
        var input = new MixedInput(old);
        var found = new ArrayList<MapChunk>();
        long position = region.offset();
        for (var extent : dirty) {
            if (extent.end() <= position) {
                continue; // the cut before went on through this one
            }
            long restart = Math.max(position, old.restartFor(extent.offset()));
            found.addAll(old.inside(position, restart));
            position = worker.cut(restart, region.end(), input, found,
                    at -> old.isBoundary(at) && !dirty.intersects(at, at + 1));
        }
        found.addAll(old.inside(position, region.end()));
        return found;
    }

    /// Changed bytes from where they are fresh, the others from the base.
    private final class MixedInput implements Chunker.Input {
        private final OldChunks old;

        MixedInput(OldChunks old) {
            this.old = old;
        }

        /// Reading on would mean to decode chunks that nothing needs.
        @Override
        public int readAhead() {
            return Chunking.BLOCK_BYTES;
        }

        @Override
        public long zerosFrom(long offset, long limit) throws IOException {
            long untilFresh = changed.gapFrom(offset, limit);
            return untilFresh > 0 ? old.zerosFrom(offset, untilFresh)
                    : fresh.zerosFrom(offset, changed.runFrom(offset, limit));
        }

        @Override
        public void read(long offset, byte[] target, int at, int length) throws IOException {
            for (int done = 0; done < length;) {
                long from = offset + done;
                int stale = (int) changed.gapFrom(from, length - done);
                if (stale > 0) {
                    old.read(from, target, at + done, stale);
                    done += stale;
                } else {
                    int run = (int) changed.runFrom(from, length - done);
                    fresh.read(from, target, at + done, run);
                    done += run;
                }
            }
        }
    }
}
