package io.xenolith.repository.write;

import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.chunk.ChunkIdentity;
import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.codec.Compression;
import io.xenolith.engine.map.NodeSource;
import io.xenolith.engine.store.ChunkSink;
import io.xenolith.engine.store.ChunkSource;
import io.xenolith.engine.store.ChunkStore;
import io.xenolith.engine.store.DiskStore;
import io.xenolith.repository.index.ChunkIndex;
import io.xenolith.repository.index.IndexSegments;
import io.xenolith.repository.object.Protection;
import io.xenolith.repository.pack.Compressors;
import io.xenolith.repository.pack.PackKind;
import io.xenolith.repository.pack.PackStream;
import io.xenolith.repository.read.StoredChunks;
import io.xenolith.repository.storage.Storage;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/// A run of backups into a repository. Safe for use by several threads, for several disks of several machines at once.
///
/// What a session stores becomes part of the repository by [#flush()]: packs first, then the index segment that lists them.
/// The restore point comes after that. Without it, whatever got into full packs is there for the next run to use. A chunk
/// that two disks have is stored by the first that meets it; so a flush on behalf of one of them writes what any has
/// claimed up to then.
public final class BackupSession implements ChunkStore, Closeable {

    private static final int FRAME_BYTES = 1 << 20;
    private static final int NODE_FRAME_BYTES = 256 << 10;

    private final Parts parts;
    private final StoredChunks stored;
    private final NewChunks newChunks;
    private final Compressors compressors;
    private final PackStream dataPacks;
    private final PackStream mapPacks;
    private final OpenFrames.Session dataFrames;
    private final OpenFrames.Session mapFrames;

    /// What a session works with.
    ///
    /// @param packBytes the length at which a pack is full
    public record Parts(Storage storage, Protection protection, ChunkIdentity identity, Chunking chunking,
            Compression compression, ChunkIndex index, IndexSegments segments, RandomGenerator random,
            long packBytes) {
    }

    public BackupSession(Parts parts, StoredChunks stored) {
        this.parts = parts;
        this.stored = stored;
        this.newChunks = new NewChunks(parts.index, parts.segments);
        this.compressors = new Compressors(parts.compression);
        this.dataPacks = newPacks(PackKind.DATA);
        this.mapPacks = newPacks(PackKind.MAP);
        this.dataFrames = new OpenFrames.Session(PackKind.DATA, dataPacks, compressors, newChunks, FRAME_BYTES);
        this.mapFrames = new OpenFrames.Session(PackKind.MAP, mapPacks, compressors, newChunks, NODE_FRAME_BYTES);
    }

    private PackStream newPacks(PackKind kind) {
        return new PackStream(kind, parts.packBytes, parts.storage, parts.protection, parts.random, newChunks::sealed);
    }

    @Override
    public Chunking chunking() {
        return parts.chunking;
    }

    @Override
    public ChunkIdentity identity() {
        return parts.identity;
    }

    @Override
    public ChunkSource chunks() {
        return stored;
    }

    @Override
    public NodeSource nodes() {
        return stored;
    }

    @Override
    public DiskStore beginDisk() {
        return new SessionDisk();
    }

    /// Makes everything that was stored durable and known to the next run. Data before maps: a map that is there speaks
    /// of chunks that are there.
    public void flush() throws IOException {
        dataFrames.flush();
        dataPacks.flush();
        mapFrames.flush();
        mapPacks.flush();
        newChunks.flush();
    }

    /// Ends the session. What was not flushed is discarded, but for full packs.
    @Override
    public void close() throws IOException {
        try (compressors; dataPacks; mapPacks) {
            newChunks.flush();
        }
    }

    private final class SessionDisk implements DiskStore {
        private final AtomicLong bytesNew = new AtomicLong();
        private final AtomicLong bytesStored = new AtomicLong();
        private final ThreadLocal<ChunkIdentity.Hasher> hasher = ThreadLocal.withInitial(parts.identity::newHasher);
        private final OpenFrames nodes = mapFrames.open(bytesStored);

        @Override
        public ChunkId writeNode(byte[] node) throws IOException {
            var id = hasher.get().id(node);
            nodes.add(id, node, 0, node.length);
            return id;
        }

        @Override
        public void flushNodes() throws IOException {
            nodes.flush();
        }

        @Override
        public ChunkSink newSink() {
            return new SessionSink();
        }

        @Override
        public long bytesNew() {
            return bytesNew.get();
        }

        @Override
        public long bytesStored() {
            return bytesStored.get();
        }

        private final class SessionSink implements ChunkSink {
            private final OpenFrames frames = dataFrames.open(bytesStored);

            @Override
            public void write(ChunkId id, byte[] bytes, int at, int length) throws IOException {
                if (frames.add(id, bytes, at, length)) {
                    bytesNew.addAndGet(length);
                }
            }

            @Override
            public void flush() throws IOException {
                frames.flush();
            }
        }
    }
}
