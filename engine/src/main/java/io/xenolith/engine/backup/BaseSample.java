package io.xenolith.engine.backup;

import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.chunk.ChunkIdentity;
import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.disk.DiskSource;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import io.xenolith.engine.map.BlockMap;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Compares a random sample of what is said to be unchanged with the base, holes among it: lists of changes have lied in
/// every product that made them. A place is drawn, then the chunk or the block of zeros there is read and compared.
final class BaseSample {

    private static final int MIN_PLACES = 64;
    private static final int MAX_PLACES = 1024;
    private static final long BLOCKS_PER_PLACE = 512;

    private final DiskSource source;
    private final BlockMap base;
    private final ChunkIdentity.Hasher hasher;
    private final byte[] buffer;
    private long bytesRead;

    BaseSample(DiskSource source, BlockMap base, ChunkIdentity identity, Chunking chunking) {
        this.source = source;
        this.base = base;
        this.hasher = identity.newHasher();
        this.buffer = new byte[Math.max(chunking.maxBytes(), Chunking.BLOCK_BYTES)];
    }

    /// Reads the sample.
    ///
    /// @param dirty what is known to have changed, by whole blocks
    /// @return the first place that differs, if one does
    Optional<Extent> firstDifference(Extents dirty, RandomGenerator random) throws IOException {
        long blocks = Math.min(base.size(), source.size()) / Chunking.BLOCK_BYTES;
        if (blocks == 0) {
            return Optional.empty();
        }
        long places = Math.clamp(blocks / BLOCKS_PER_PLACE, MIN_PLACES, MAX_PLACES);
        var drawn = random.longs(places, 0, blocks).sorted().distinct().toArray();
        for (long block : drawn) {
            var place = placeAt(block * Chunking.BLOCK_BYTES, dirty);
            if (place.isPresent() && differs(place.get())) {
                return Optional.of(place.get().extent);
            }
        }
        return Optional.empty();
    }

    /// Bytes of the source that were compared.
    long bytesRead() {
        return bytesRead;
    }

    private record Place(Extent extent, Optional<ChunkId> chunk) {
    }

    private Optional<Place> placeAt(long offset, Extents dirty) throws IOException {
        var block = new Extent(offset, Chunking.BLOCK_BYTES);
        var chunks = BaseUnreadableException.guard(() -> base.chunks(block.offset(), block.end()));
        var place = chunks.isEmpty() ? new Place(block, Optional.empty())
                : new Place(chunks.getFirst().extent(), Optional.of(chunks.getFirst().id()));
        boolean comparable = place.extent.end() <= source.size()
                && !dirty.intersects(place.extent.offset(), place.extent.end());
        return comparable ? Optional.of(place) : Optional.empty();
    }

    private boolean differs(Place place) throws IOException {
        int length = (int) place.extent.length();
        source.read(place.extent.offset(), ByteBuffer.wrap(buffer, 0, length));
        bytesRead += length;
        return place.chunk.isPresent() ? !hasher.id(buffer, 0, length).equals(place.chunk.get())
                : !Chunking.isZero(buffer, 0, length);
    }
}
