package io.xenolith.source.vm.restore;

import io.xenolith.engine.Progress;
import io.xenolith.engine.backup.DiskIngest;
import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.chunk.ChunkIdentity;
import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.disk.DiskBlocks;
import io.xenolith.engine.disk.DiskSource;
import io.xenolith.engine.disk.DiskTarget;
import io.xenolith.engine.restore.DiskRestore;
import io.xenolith.engine.restore.MappedDisk;
import io.xenolith.engine.store.MemoryChunkStore;
import java.io.IOException;

/// A disk of a restore point as the engine restores it: by several threads, in chunks.
record EngineDisk(String name, String label, MemoryChunkStore store, ChunkId root) implements StoredDisk {

    static EngineDisk of(MemoryDisk disk) throws IOException, InterruptedException {
        var store = new MemoryChunkStore(new Chunking(16 << 10), ChunkIdentity.plain());
        return new EngineDisk(disk.name(), "", store, new DiskIngest(store, 2, Progress.NONE).whole(disk.open()).root());
    }

    @Override
    public long size() {
        try {
            return map().size();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private MappedDisk map() throws IOException {
        return MappedDisk.open(store.nodes(), store.chunks(), root);
    }

    private DiskRestore restore() {
        return new DiskRestore(store.nodes(), store.chunks(), store.identity(), 2, Progress.NONE);
    }

    @Override
    public DiskBlocks blocks(int blockBytes) throws IOException {
        return map().blocks(blockBytes);
    }

    @Override
    public void write(DiskTarget target) throws IOException, InterruptedException {
        restore().restore(root, target);
    }

    @Override
    public void write(DiskBlocks only, DiskTarget target) throws IOException, InterruptedException {
        restore().restoreOnly(root, only, target);
    }

    @Override
    public DiskSource open() throws IOException {
        return map();
    }
}
