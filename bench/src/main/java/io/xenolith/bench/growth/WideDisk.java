package io.xenolith.bench.growth;

import io.xenolith.bench.DiskData;
import io.xenolith.engine.Progress;
import io.xenolith.engine.backup.DiskIngest;
import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.disk.DiskSource;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import io.xenolith.engine.map.BlockMap;
import io.xenolith.engine.map.MapBuilder;
import io.xenolith.engine.map.MapChunk;
import io.xenolith.engine.map.MapNode.SlotChunk;
import io.xenolith.engine.map.MapShape;
import io.xenolith.repository.Repository;
import io.xenolith.repository.write.BackupSession;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// A disk without holes that is far larger than what is stored of it: each region of 32 MiB is a random sequence of the same
/// few hundred chunks. Its block map is as large as any full disk's of that size, since no two regions are alike, and is
/// just what reading the disk would have made of it: the chunks are some that the chunker cut out of real data, which it
/// would cut there again. So the map is written down without the disk being read, and increments find the boundaries that
/// they look for.
///
/// Blocks of 64 KiB can be written to, with content that is nowhere else. Read by several threads at once, but not while it
/// is written to.
final class WideDisk implements DiskSource {

    private static final int BLOCK = Chunking.BLOCK_BYTES;
    private static final int POOL_BYTES = 32 << 20;

    private final long size;
    private final byte[] pool = DiskData.generate(POOL_BYTES, 21);
    private final List<MapChunk> chunks = new ArrayList<>();
    private final Map<Integer, MapChunk> tails = new HashMap<>();
    private final Map<Long, byte[]> changed = new HashMap<>();

    /// Makes the disk and stores the chunks that it is made of.
    ///
    /// @param size a multiple of 32 MiB
    WideDisk(long size, Repository repository) throws IOException, InterruptedException {
        this.size = size;
        ChunkId root;
        try (var session = repository.beginBackup()) {
            root = new DiskIngest(session, 2, Progress.NONE).whole(new MemoryDisk(pool)).root();
            session.flush();
        }
        repository.index().refresh();
        var cut = BlockMap.open(repository.chunks(), root).chunks(0, POOL_BYTES);
        for (int i = 0; i + 1 < cut.size(); i++) {
            boolean ended = cut.get(i).length() == repository.configuration().chunking().maxBytes(); // and not by its content
            if (!ended && cut.get(i + 1).offset() == cut.get(i).end()) {
                chunks.add(cut.get(i));
            }
        }
        try (var session = repository.beginBackup()) {
            storeTails(session);
            session.flush();
        }
    }

    private record MemoryDisk(byte[] bytes) implements DiskSource {
        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public void read(long offset, ByteBuffer target) {
            target.put(bytes, (int) offset, target.remaining());
        }

        @Override
        public void close() {
        }
    }

    /// The last chunk of a region ends with it: the first pages of the longest chunk, as many as are left.
    private void storeTails(BackupSession session) throws IOException {
        var longest = chunks.stream().max((a, b) -> Integer.compare(a.length(), b.length())).orElseThrow();
        var sink = session.beginDisk().newSink();
        var hasher = session.identity().newHasher();
        for (int length = Chunking.PAGE_BYTES; length < longest.length(); length += Chunking.PAGE_BYTES) {
            var id = hasher.id(pool, (int) longest.offset(), length);
            sink.write(id, pool, (int) longest.offset(), length);
            tails.put(length, new MapChunk(longest.offset(), length, id));
        }
        sink.flush();
    }

    @Override
    public long size() {
        return size;
    }

    /// Stores the disk's block map.
    ///
    /// @return its root id
    ChunkId storeMap(Repository repository) throws IOException {
        try (var session = repository.beginBackup()) {
            var disk = session.beginDisk();
            var map = MapBuilder.whole(disk);
            for (long region = 0; region < size; region += Chunking.REGION_BYTES) {
                mapRegion(region, map);
            }
            var root = map.finish(size);
            disk.flushNodes();
            session.flush();
            return root;
        }
    }

    private void mapRegion(long region, MapBuilder map) throws IOException {
        var slots = new ArrayList<List<SlotChunk>>();
        for (int i = 0; i < Chunking.REGION_BYTES / MapShape.SLOT_BYTES; i++) {
            slots.add(new ArrayList<>());
        }
        int at = 0;
        for (var chunk : region(region)) {
            slots.get(at / MapShape.SLOT_BYTES).add(new SlotChunk(at % MapShape.SLOT_BYTES, chunk.length(), chunk.id()));
            at += chunk.length();
        }
        for (int i = 0; i < slots.size(); i++) {
            map.slot(region / MapShape.SLOT_BYTES + i, slots.get(i));
        }
    }

    /// What the region that begins at `start` consists of; offsets are in the pool.
    private List<MapChunk> region(long start) {
        var random = new SplittableRandom(start);
        var sequence = new ArrayList<MapChunk>();
        for (int left = Chunking.REGION_BYTES; left > 0;) {
            var chunk = chunks.get(random.nextInt(chunks.size()));
            if (chunk.length() > left) {
                chunk = tails.get(left);
            }
            sequence.add(chunk);
            left -= chunk.length();
        }
        return sequence;
    }

    /// Writes to `count` different random blocks.
    ///
    /// @return what was written to
    Extents change(int count, SplittableRandom random) {
        var extents = new ArrayList<Extent>();
        while (extents.size() < count) {
            long block = random.nextLong(size / BLOCK);
            if (!changed.containsKey(block)) {
                changed.put(block, content(random));
                extents.add(new Extent(block * BLOCK, BLOCK));
            }
        }
        return Extents.of(extents);
    }

    private static byte[] content(SplittableRandom random) {
        byte[] bytes;
        do {
            bytes = DiskData.generate(BLOCK, random.nextLong());
        } while (Chunking.isZero(bytes, 0, BLOCK));
        return bytes;
    }

    @Override
    public void read(long offset, ByteBuffer target) {
        for (long at = offset; target.hasRemaining();) {
            var block = changed.get(at / BLOCK);
            int within = (int) (at % BLOCK);
            int length = Math.min(BLOCK - within, target.remaining());
            if (block != null) {
                target.put(block, within, length);
            } else {
                readUnchanged(at, target.slice(target.position(), length));
                target.position(target.position() + length);
            }
            at += length;
        }
    }

    /// Reads within one block.
    private void readUnchanged(long offset, ByteBuffer target) {
        int skip = (int) (offset % Chunking.REGION_BYTES);
        for (var chunk : region(offset - skip)) {
            if (skip < chunk.length() && target.hasRemaining()) {
                int length = Math.min(chunk.length() - skip, target.remaining());
                target.put(pool, (int) chunk.offset() + skip, length);
                skip = 0;
            } else {
                skip -= Math.min(skip, chunk.length());
            }
        }
    }

    @Override
    public void close() {
    }
}
