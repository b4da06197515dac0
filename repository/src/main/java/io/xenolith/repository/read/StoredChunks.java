package io.xenolith.repository.read;

import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.chunk.ChunkIdentity;
import io.xenolith.engine.map.MapChunk;
import io.xenolith.engine.map.NodeSource;
import io.xenolith.engine.store.ChunkSource;
import io.xenolith.repository.CorruptObjectException;
import io.xenolith.repository.index.ChunkIndex;
import io.xenolith.repository.index.Location;
import io.xenolith.repository.pack.PackKind;
import io.xenolith.repository.pack.PackReader;
import io.xenolith.repository.pack.PackTable;
import io.xenolith.repository.read.FrameCache.FrameAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;

/// Reads chunks and nodes, and makes sure that each is what its id says: by the seals of [AuthenticTables] or by its digest.
/// Where one copy is damaged, another is tried. Safe for use by several threads.
public final class StoredChunks implements ChunkSource, NodeSource {

    /// An eighth of the memory, which many readers of one disk profit from.
    private static final long CHUNK_CACHE_BYTES = Math.clamp(Runtime.getRuntime().maxMemory() / 8, 32L << 20, 1L << 30);
    private static final long NODE_CACHE_BYTES = 16L << 20;

    private final ChunkIndex index;
    private final PackReader packs;
    private final AuthenticTables authentic;
    private final ThreadLocal<ChunkIdentity.Hasher> hasher;
    private final FrameCache chunkFrames = new FrameCache(CHUNK_CACHE_BYTES);
    private final FrameCache nodeFrames = new FrameCache(NODE_CACHE_BYTES);

    public StoredChunks(ChunkIndex index, PackReader packs, ChunkIdentity identity) {
        this.index = index;
        this.packs = packs;
        this.authentic = new AuthenticTables(packs);
        this.hasher = ThreadLocal.withInitial(identity::newHasher);
    }

    @Override
    public byte[] readNode(ChunkId id) throws IOException {
        return new Search(PackKind.MAP, id).bytes();
    }

    /// Chunks of one frame are read together, so that the frame is decoded once.
    @Override
    public void read(List<MapChunk> chunks, Receiver receiver) throws IOException {
        var byFrame = new LinkedHashMap<FrameAddress, List<MapChunk>>();
        for (var chunk : chunks) {
            try {
                var places = index.locate(PackKind.DATA, chunk.id());
                if (places.isEmpty()) {
                    throw new MissingChunkException(chunk.id());
                }
                byFrame.computeIfAbsent(frameOf(places.getFirst()), _ -> new ArrayList<>()).add(chunk);
            } catch (IOException e) {
                receiver.unreadable(chunk, e);
            }
        }
        for (var together : byFrame.values()) {
            for (var chunk : together) {
                deliver(chunk, receiver);
            }
        }
    }

    private void deliver(MapChunk chunk, Receiver receiver) throws IOException {
        var search = new Search(PackKind.DATA, chunk.id());
        try {
            search.find();
            if (search.length != chunk.length()) {
                throw new CorruptObjectException("chunk " + chunk.id(), "it has %d bytes, the block map says %d"
                        .formatted(search.length, chunk.length()));
            }
        } catch (IOException e) {
            receiver.unreadable(chunk, e);
            return;
        }
        receiver.chunk(chunk, search.frame, search.offset);
    }

    private FrameAddress frameOf(Location place) throws IOException {
        return frameOf(index.table(place.pack()), place);
    }

    private static FrameAddress frameOf(PackTable table, Location place) {
        return new FrameAddress(table.pack(), table.frameOf(place.ordinal()));
    }

    /// Finds one chunk: `frame[offset, offset + length)`.
    private final class Search {
        private final PackKind kind;
        private final ChunkId id;
        private byte[] frame;
        private int offset;
        private int length;

        Search(PackKind kind, ChunkId id) {
            this.kind = kind;
            this.id = id;
        }

        byte[] bytes() throws IOException {
            find();
            return Arrays.copyOfRange(frame, offset, offset + length);
        }

        /// Tries all places where the chunk is said to be.
        void find() throws IOException {
            IOException failure = new MissingChunkException(id);
            for (var place : index.locate(kind, id)) {
                try {
                    read(place);
                    return;
                } catch (IOException e) {
                    failure = e;
                }
            }
            throw failure;
        }

        private void read(Location place) throws IOException {
            var table = index.table(place.pack());
            var address = frameOf(table, place);
            var cache = kind == PackKind.DATA ? chunkFrames : nodeFrames;
            var found = cache.get(address, () -> packs.readFrame(table, address.frame()));
            frame = found.bytes();
            offset = table.offsetInFrame(place.ordinal());
            length = table.chunkLength(place.ordinal());
            if (!found.isProven(place.ordinal(), id)) {
                prove(table, place.ordinal(), address, cache);
                found.proved(place.ordinal(), id);
            }
        }

        private void prove(PackTable table, int ordinal, FrameAddress address, FrameCache cache) throws IOException {
            if (!authentic.confirm(table, ordinal, id) && !hasher.get().id(frame, offset, length).equals(id)) {
                cache.remove(address);
                throw new CorruptObjectException(table.pack().name(),
                        "chunk %d in frame %d is not what its id says".formatted(ordinal, address.frame()));
            }
        }
    }
}
