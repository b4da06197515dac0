package io.xenolith.engine.restore;

import io.xenolith.engine.Progress;
import io.xenolith.engine.chunk.ChunkId;
import io.xenolith.engine.chunk.Chunking;
import io.xenolith.engine.disk.DiskBlocks;
import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.map.BlockMap;
import io.xenolith.engine.map.CorruptMapException;
import io.xenolith.engine.map.MapChunk;
import io.xenolith.engine.map.MapShape;
import io.xenolith.engine.map.MapVisitor;
import io.xenolith.engine.parallel.Handover;
import io.xenolith.engine.store.ChunkSource;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Cuts a disk into pieces along a walk over its map and hands them out.
///
/// For a target that is written in sequence, they come in the order of their offsets and without gaps. For one that takes
/// anything at any time, the chunks of a long stretch are sorted by what is best read at once. A point at the end of a long
/// chain has chunks from all over the repository: each stored frame is then decoded once for the stretch, instead of once
/// for each place that needs a chunk of it.
///
/// The last chunk of a leaf may reach into the next slot. When the leaf is lost, nobody knows whether it did: what lies
/// between the lost slot and the next chunk is then lost too, as far as a chunk can reach.
final class Pieces implements MapVisitor {

    /// Chunks of a stretch: a GiB of disk, on average, and a few MiB of memory.
    private static final int STRETCH_CHUNKS = 16 << 10;

    private final BlockMap map;
    private final ChunkSource source;
    private final Order order;
    private final boolean zeros;
    private final Optional<DiskBlocks> only;
    private final Losses losses;
    private final Progress progress;
    private final Handover<Piece> out;

    /// Everything before it has been handed out, or is a hole that need not be.
    private long position;
    private long turn;

    /// Chunks that are still to be handed out, where the order is free.
    private final List<MapChunk> stretch = new ArrayList<>();

    /// Where the chunks of a lost leaf may end, and how it was lost; without meaning once `position` is there.
    private long doubtfulTo;
    private IOException doubt;

    /// In which order the target takes what it gets.
    enum Order { SEQUENCE, ANY }

    /// @param zeros whether holes are handed out too
    /// @param only  the blocks of which something is wanted; chunks that have no byte in them are not handed out
    Pieces(BlockMap map, ChunkSource source, Order order, boolean zeros, Optional<DiskBlocks> only, Losses losses,
            Progress progress, Handover<Piece> out) {
        this.map = map;
        this.source = source;
        this.order = order;
        this.zeros = zeros;
        this.only = only;
        this.losses = losses;
        this.progress = progress;
        this.out = out;
    }

    /// Hands out the whole disk.
    void giveAll() throws IOException, InterruptedException {
        map.walk(this);
        gapTo(map.size());
        giveStretch();
        out.end();
    }

    /// A chunk that begins under a node may reach beyond what the node covers.
    @Override
    public boolean enter(ChunkId node, Extent extent) {
        return only.isEmpty() || wants(new Extent(extent.offset(), extent.length() + Chunking.MAX_CHUNK_BYTES));
    }

    private boolean wants(Extent extent) {
        return only.isEmpty() || only.get().intersects(extent);
    }

    @Override
    public void leaf(Extent slot, List<MapChunk> chunks) throws IOException {
        if (chunks.getFirst().offset() < position || chunks.getLast().end() > map.size()) {
            unreadable(map.root(), slot, new CorruptMapException(map.root(),
                    "the chunks of %s overlap others or the end of the disk".formatted(slot)));
            return;
        }
        gapTo(chunks.getFirst().offset());
        switch (order) {
            case SEQUENCE -> giveSlot(chunks.stream().filter(chunk -> wants(chunk.extent())).toList());
            case ANY -> addToStretch(chunks);
        }
        position = chunks.getLast().end();
        doubtfulTo = position;
    }

    private void giveSlot(List<MapChunk> chunks) throws IOException {
        if (!chunks.isEmpty()) {
            give(new Piece.Chunks(turn++, source.batch(chunks), chunks.getLast().end() - chunks.getFirst().offset()));
        }
    }

    private void addToStretch(List<MapChunk> chunks) throws IOException {
        for (var chunk : chunks) {
            zerosTo(chunk.offset());
            position = chunk.end();
            if (wants(chunk.extent())) {
                stretch.add(chunk);
            }
        }
        if (stretch.size() >= STRETCH_CHUNKS) {
            giveStretch();
        }
    }

    private void giveStretch() throws IOException {
        for (var batch : source.batches(stretch)) {
            give(new Piece.Chunks(turn++, batch, batch.chunks().stream().mapToLong(MapChunk::length).sum()));
        }
        stretch.clear();
    }

    @Override
    public void unreadable(ChunkId node, Extent extent, IOException failure) throws IOException {
        gapTo(extent.offset());
        lostTo(extent.end(), failure);
        doubtfulTo = Math.min(regionEnd(extent.end() - 1), extent.end() + Chunking.MAX_CHUNK_BYTES);
        doubt = failure;
    }

    private long regionEnd(long offset) {
        return Math.min(map.size(), (offset / Chunking.REGION_BYTES + 1) * Chunking.REGION_BYTES);
    }

    /// Hands out what lies before the next chunk or node: first what may belong to a lost leaf, then a hole.
    private void gapTo(long to) throws IOException {
        if (position < doubtfulTo) {
            lostTo(Math.min(to, doubtfulTo), doubt);
        }
        zerosTo(to);
    }

    private void lostTo(long to, IOException failure) throws IOException {
        if (position < to) {
            losses.add(Extent.between(position, to), failure);
            zerosTo(to);
        }
    }

    private void zerosTo(long to) throws IOException {
        if (!zeros && position < to) {
            progress.advance(to - position);
            position = to;
        }
        while (position < to) {
            long end = Math.min(to, (position / MapShape.SLOT_BYTES + 1) * MapShape.SLOT_BYTES);
            give(new Piece.Zeros(turn++, Extent.between(position, end)));
            position = end;
        }
    }

    private void give(Piece piece) throws InterruptedIOException {
        try {
            out.give(piece);
        } catch (InterruptedException e) {
            throw (InterruptedIOException) new InterruptedIOException("the restore was interrupted").initCause(e);
        }
    }
}
