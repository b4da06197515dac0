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
        try (var copy = copy(PackKind.MAP, id, index.locate(PackKind.MAP, id))) {
            return Arrays.copyOfRange(copy.frame.bytes(), copy.offset, copy.offset + copy.length);
        }
    }

    @Override
    public void read(List<MapChunk> chunks, Receiver receiver) throws IOException {
        for (var batch : batches(chunks)) {
            batch.read(receiver);
        }
    }

    /// Chunks of one frame make a batch, so that the frame is decoded once.
    @Override
    public List<Batch> batches(List<MapChunk> chunks) throws IOException {
        var places = index.locate(PackKind.DATA, chunks.stream().map(MapChunk::id).toList());
        var byFrame = new LinkedHashMap<FrameAddress, Together>();
        var batches = new ArrayList<Batch>();
        for (int i = 0; i < chunks.size(); i++) {
            var wanted = new Wanted(chunks.get(i), places.get(i));
            try {
                byFrame.computeIfAbsent(firstFrame(wanted), _ -> add(batches, new Together())).wanted.add(wanted);
            } catch (IOException e) {
                batches.add(new Unreadable(wanted.chunk, e));
            }
        }
        return batches;
    }

    private static Together add(List<Batch> batches, Together batch) {
        batches.add(batch);
        return batch;
    }

    /// @param places where copies of it are said to be
    private record Wanted(MapChunk chunk, List<Location> places) {
    }

    private final class Together implements Batch {
        private final List<Wanted> wanted = new ArrayList<>(1);

        @Override
        public List<MapChunk> chunks() {
            return wanted.stream().map(Wanted::chunk).toList();
        }

        @Override
        public void read(Receiver receiver) throws IOException {
            for (var chunk : wanted) {
                deliver(chunk, receiver);
            }
        }
    }

    private record Unreadable(MapChunk chunk, IOException failure) implements Batch {
        @Override
        public List<MapChunk> chunks() {
            return List.of(chunk);
        }

        @Override
        public void read(Receiver receiver) throws IOException {
            receiver.unreadable(chunk, failure);
        }
    }

    private FrameAddress firstFrame(Wanted wanted) throws IOException {
        if (wanted.places.isEmpty()) {
            throw new MissingChunkException(wanted.chunk.id());
        }
        var place = wanted.places.getFirst();
        var table = index.table(place.pack());
        return new FrameAddress(table.pack(), table.frameOf(place.ordinal()));
    }

    private void deliver(Wanted wanted, Receiver receiver) throws IOException {
        Copy found;
        try {
            found = copy(wanted);
        } catch (IOException e) {
            receiver.unreadable(wanted.chunk, e);
            return;
        }
        try (found) {
            receiver.chunk(wanted.chunk, found.frame.bytes(), found.offset);
        }
    }

    private Copy copy(Wanted wanted) throws IOException {
        var chunk = wanted.chunk;
        var found = copy(PackKind.DATA, chunk.id(), wanted.places);
        if (found.length != chunk.length()) {
            found.close();
            throw new CorruptObjectException("chunk " + chunk.id(), "it has %d bytes, the block map says %d"
                    .formatted(found.length, chunk.length()));
        }
        return found;
    }

    /// A chunk or node that is what its id says: `length` bytes from `offset` on of a borrowed frame.
    private record Copy(FrameCache.Frame frame, int offset, int length) implements AutoCloseable {
        @Override
        public void close() {
            frame.close();
        }
    }

    /// The first copy at one of `places` that is whole.
    private Copy copy(PackKind kind, ChunkId id, List<Location> places) throws IOException {
        IOException failure = null;
        for (var place : places) {
            try {
                return copy(kind, id, place);
            } catch (IOException e) {
                failure = e;
            }
        }
        throw failure == null ? new MissingChunkException(id) : failure;
    }

    private Copy copy(PackKind kind, ChunkId id, Location place) throws IOException {
        var table = index.table(place.pack());
        int ordinal = place.ordinal();
        var cache = kind == PackKind.DATA ? chunkFrames : nodeFrames;
        var address = new FrameAddress(table.pack(), table.frameOf(ordinal));
        var frame = cache.borrow(address, new FrameReader(packs, table, address.frame()));
        var copy = new Copy(frame, table.offsetInFrame(ordinal), table.chunkLength(ordinal));
        try {
            if (!isProven(copy, table, ordinal, id)) {
                cache.remove(address);
                throw new CorruptObjectException(table.pack().name(),
                        "chunk %d in frame %d is not what its id says".formatted(ordinal, address.frame()));
            }
            return copy;
        } catch (IOException | RuntimeException e) {
            copy.close();
            throw e;
        }
    }

    private record FrameReader(PackReader packs, PackTable table, int frame) implements FrameCache.Reader {
        @Override
        public int length() {
            return table.frameRawLength(frame);
        }

        @Override
        public void read(byte[] target) throws IOException {
            packs.readFrame(table, frame, target);
        }
    }

    private boolean isProven(Copy copy, PackTable table, int ordinal, ChunkId id) throws IOException {
        if (authentic.confirm(table, ordinal, id) || copy.frame.isProven(ordinal, id)) {
            return true;
        }
        if (!hasher.get().id(copy.frame.bytes(), copy.offset, copy.length).equals(id)) {
            return false;
        }
        copy.frame.proved(ordinal, id);
        return true;
    }
}
