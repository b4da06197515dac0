package io.xenolith.engine.restore;

import io.xenolith.engine.disk.Extent;
import io.xenolith.engine.disk.Extents;
import io.xenolith.engine.map.MapChunk;
import io.xenolith.engine.store.ChunkSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/// Writes to a target that must be written in sequence: puts each piece together in memory, then waits until all before it
/// is written. Pieces are taken in order, so whoever has the first one never waits and all others get their turn.
final class InSequence implements PieceWriter {

    private final Output output;
    private final Losses losses;
    private final Turns turns;
    private final boolean holes;
    private byte[] buffer = new byte[0];

    /// @param holes whether the target needs zeros for holes
    InSequence(Output output, Losses losses, Turns turns, boolean holes) {
        this.output = output;
        this.losses = losses;
        this.turns = turns;
        this.holes = holes;
    }

    /// Whose piece is written next; shared by the threads of a target.
    static final class Turns {
        /// Guarded by `this`.
        private long current;

        synchronized void await(long turn) throws InterruptedException {
            while (current != turn) {
                wait();
            }
        }

        synchronized void passOn() {
            current++;
            notifyAll();
        }
    }

    @Override
    public void write(Piece piece) throws IOException, InterruptedException {
        switch (piece) {
            case Piece.Zeros zeros -> {
                turns.await(piece.turn());
                output.writeZeros(zeros.extent());
            }
            case Piece.Chunks(long turn, var batch, _) -> {
                assemble(batch);
                turns.await(turn);
                writeAssembled(batch.chunks());
            }
        }
        turns.passOn();
    }

    /// Holes inside the piece are left out where the target can do without.
    private void writeAssembled(List<MapChunk> chunks) throws IOException {
        var extent = extent(chunks);
        var runs = holes ? Extents.of(extent) : Extents.of(chunks.stream().map(MapChunk::extent).toList());
        for (var run : runs) {
            output.write(run.offset(), ByteBuffer.wrap(buffer, (int) (run.offset() - extent.offset()), (int) run.length()));
        }
    }

    private void assemble(ChunkSource.Batch batch) throws IOException {
        var extent = extent(batch.chunks());
        int length = (int) extent.length();
        if (buffer.length < length) {
            buffer = new byte[length];
        }
        Arrays.fill(buffer, 0, length, (byte) 0);
        batch.read(new ChunkSource.Receiver() {
            @Override
            public void chunk(MapChunk chunk, byte[] bytes, int at) {
                System.arraycopy(bytes, at, buffer, (int) (chunk.offset() - extent.offset()), chunk.length());
            }

            @Override
            public void unreadable(MapChunk chunk, IOException failure) throws IOException {
                losses.add(chunk.extent(), failure);
            }
        });
    }

    private static Extent extent(List<MapChunk> chunks) {
        return Extent.between(chunks.getFirst().offset(), chunks.getLast().end());
    }
}
