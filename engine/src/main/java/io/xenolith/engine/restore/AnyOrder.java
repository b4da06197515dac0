package io.xenolith.engine.restore;

import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import io.xenolith.engine.map.MapChunk;
import io.xenolith.engine.store.ChunkSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Writes to a target that takes writes in any order: each run of chunks as soon as it has been read.
final class AnyOrder implements PieceWriter {

    private final ChunkSource source;
    private final Before before;
    private final Output output;
    private final Losses losses;
    private final Run run;

    AnyOrder(ChunkSource source, Before before, Output output, Losses losses) {
        this.source = source;
        this.before = before;
        this.output = output;
        this.losses = losses;
        this.run = new Run(output);
    }

    @Override
    public void write(Piece piece) throws IOException {
        switch (piece) {
            case Piece.Zeros zeros -> clear(zeros.extent());
            case Piece.Chunks(_, var batch, _) -> {
                for (var lost : copy(missing(batch))) {
                    clear(lost);
                }
            }
        }
    }

    private void clear(Extent hole) throws IOException {
        for (var extent : before.notZero(hole)) {
            output.writeZeros(extent);
        }
    }

    private List<ChunkSource.Batch> missing(ChunkSource.Batch batch) throws IOException {
        var missing = before.missing(batch.chunks());
        return missing.size() == batch.chunks().size() ? List.of(batch) : source.batches(missing);
    }

    /// Copies chunks to the target.
    ///
    /// @return where it could not
    private Extents copy(List<ChunkSource.Batch> batches) throws IOException {
        var lost = new ArrayList<Extent>();
        var receiver = new ChunkSource.Receiver() {
            @Override
            public void chunk(MapChunk chunk, byte[] bytes, int at) throws IOException {
                run.add(chunk.offset(), bytes, at, chunk.length());
            }

            @Override
            public void unreadable(MapChunk chunk, IOException failure) throws IOException {
                losses.add(chunk.extent(), failure);
                lost.add(chunk.extent());
            }
        };
        for (var batch : batches) {
            batch.read(receiver);
        }
        run.write();
        return Extents.of(lost);
    }
}
