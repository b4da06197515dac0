package io.xenolith.engine.restore;

import io.xenolith.engine.CountedProgress;
import io.xenolith.engine.Progress;
import io.xenolith.engine.backup.DiskIngest;
import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.chunk.ChunkIdentity;
import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.SparseDisk;
import io.xenolith.engine.map.BlockMap;
import io.xenolith.engine.map.MapChunk;
import io.xenolith.engine.map.MapVisitor;
import io.xenolith.engine.store.MemoryChunkStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// A disk and the store that it was backed up to.
record StoredDisk(SparseDisk disk, MemoryChunkStore store, ChunkId root, CountedProgress progress) {

    static StoredDisk of(SparseDisk disk) throws Exception {
        var store = new MemoryChunkStore(new Chunking(16 << 10), ChunkIdentity.plain());
        return new StoredDisk(disk, store, ingest(disk, store), new CountedProgress());
    }

    static ChunkId ingest(SparseDisk disk, MemoryChunkStore store) throws Exception {
        return new DiskIngest(store, 2, Progress.NONE).whole(disk.copy()).root();
    }

    DiskRestore restore(int workers) {
        return new DiskRestore(store.nodes(), store.chunks(), store.identity(), workers, progress);
    }

    /// All chunks that can be read.
    List<MapChunk> chunks() throws IOException {
        var found = new ArrayList<MapChunk>();
        BlockMap.open(store.nodes(), root).walk(new MapVisitor() {
            @Override
            public void leaf(Extent slot, List<MapChunk> chunks) throws IOException {
                for (var chunk : chunks) {
                    if (isReadable(chunk.id())) {
                        found.add(chunk);
                    }
                }
            }

            @Override
            public void unreadable(ChunkId node, Extent extent, IOException failure) {
            }
        });
        return found;
    }

    private boolean isReadable(ChunkId id) {
        var bytes = store.stored().get(id);
        return bytes != null && store.identity().newHasher().id(bytes).equals(id);
    }

    /// Damages or loses `count` chunks and nodes, but not the root.
    void damage(int count, Random random) {
        var ids = new ArrayList<>(store.stored().keySet());
        ids.remove(root);
        ids.sort(null);
        for (int i = 0; i < count && !ids.isEmpty(); i++) {
            var id = ids.remove(random.nextInt(ids.size()));
            if (random.nextBoolean()) {
                store.stored().remove(id);
            } else {
                store.stored().computeIfPresent(id, (_, bytes) -> flipped(bytes, random));
            }
        }
    }

    private static byte[] flipped(byte[] bytes, Random random) {
        var flipped = bytes.clone();
        flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
        return flipped;
    }
}
