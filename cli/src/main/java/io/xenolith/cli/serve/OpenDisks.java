package io.xenolith.cli.serve;

import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.disk.DiskBlocks;
import io.xenolith.engine.disk.DiskSource;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.restore.MappedDisk;
import io.xenolith.repository.Repository;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Semaphore;

/// The disks that are read, shared by all connections to them. Safe for use by several threads.
final class OpenDisks {

    /// What changed is told in blocks of this many bytes, 2 KiB of memory for a GiB of disk.
    private static final int CHANGED_BLOCK_BYTES = 64 << 10;

    private static final int DISKS = 64;    // each keeps up to 64 map nodes
    private static final int CHANGES = 32;

    private final Repository repository;
    private final SharedValues<ChunkId, MappedDisk> disks = new SharedValues<>(DISKS);
    private final SharedValues<Change, DiskBlocks> changes = new SharedValues<>(CHANGES);

    /// Each who decodes holds some MiB, and clients may ask for much at once. Twice the processors, because some wait for the
    /// storage.
    private final Semaphore decoding = new Semaphore(2 * Runtime.getRuntime().availableProcessors());

    /// The points that the index knows all packs of. Guarded by itself.
    private final Set<String> indexed = new HashSet<>();

    private record Change(ChunkId before, ChunkId after) {
    }

    OpenDisks(Repository repository) {
        this.repository = repository;
    }

    MappedDisk open(ServedDisk served) throws IOException {
        requireIndexed(served.point().id());
        return open(served.disk().root());
    }

    private MappedDisk open(ChunkId root) throws IOException {
        return disks.get(root, () -> MappedDisk.open(repository.chunks(), repository.chunks(), root));
    }

    /// A point may be younger than the index is.
    private void requireIndexed(String point) throws IOException {
        synchronized (indexed) {
            if (indexed.contains(point)) {
                return;
            }
        }
        repository.index().refresh();
        synchronized (indexed) {
            indexed.add(point);
        }
    }

    /// Where `after` differs from `before`, found by comparing their maps.
    DiskBlocks changed(ServedDisk before, ServedDisk after) throws IOException {
        requireIndexed(before.point().id());
        return changes.get(new Change(before.disk().root(), after.disk().root()),
                () -> open(after).blocksChangedSince(open(before.disk().root()), CHANGED_BLOCK_BYTES));
    }

    /// Reads as [DiskSource#read] does, when it is this reader's turn.
    void read(DiskSource disk, long offset, ByteBuffer target) throws IOException {
        try {
            decoding.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while others read");
        }
        try {
            disk.read(offset, target);
        } finally {
            decoding.release();
        }
    }

    /// Decodes what `extent` needs, unless those who wait for an answer keep everything busy.
    ///
    /// @return whether it was done
    boolean prefetch(MappedDisk disk, Extent extent) throws IOException {
        if (!decoding.tryAcquire()) {
            return false;
        }
        try {
            disk.prefetch(extent);
            return true;
        } finally {
            decoding.release();
        }
    }
}
