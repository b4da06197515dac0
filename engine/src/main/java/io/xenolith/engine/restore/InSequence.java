package io.xenolith.engine.restore;

import io.xenolith.engine.map.MapChunk;
import io.xenolith.engine.store.ChunkSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// Writes to a target that must be written in sequence: puts each piece together in memory, then waits until all before it
/// is written. Pieces are taken in order, so whoever has the first one never waits and all others get their turn.
final class InSequence implements PieceWriter {

    private final ChunkSource source;
    private final Output output;
    private final Losses losses;
    private final Turns turns;
    private byte[] buffer = new byte[0];

    InSequence(ChunkSource source, Output output, Losses losses, Turns turns) {
        this.source = source;
        this.output = output;
        this.losses = losses;
        this.turns = turns;
    }

    /// Where the target is written next; shared by its threads.
    static final class Turns {
        /// Guarded by `this`.
        private long position;

        synchronized void await(long offset) throws InterruptedException {
            while (position != offset) {
                wait();
            }
        }

        synchronized void passOn(long end) {
            position = end;
            notifyAll();
        }
    }

    @Override
    public void write(Piece piece) throws IOException, InterruptedException {
        var extent = piece.extent();
        switch (piece) {
            case Piece.Zeros _ -> {
                turns.await(extent.offset());
                output.writeZeros(extent);
            }
            case Piece.Chunks chunks -> {
                assemble(chunks);
                turns.await(extent.offset());
                output.write(extent.offset(), ByteBuffer.wrap(buffer, 0, (int) extent.length()));
            }
        }
        turns.passOn(extent.end());
    }

    private void assemble(Piece.Chunks piece) throws IOException {
        int length = (int) piece.extent().length();
        if (buffer.length < length) {
            buffer = new byte[length];
        }
        Arrays.fill(buffer, 0, length, (byte) 0);
        long start = piece.extent().offset();
        source.read(piece.chunks(), new ChunkSource.Receiver() {
            @Override
            public void chunk(MapChunk chunk, byte[] bytes, int at) {
                System.arraycopy(bytes, at, buffer, (int) (chunk.offset() - start), chunk.length());
            }

            @Override
            public void unreadable(MapChunk chunk, IOException failure) throws IOException {
                losses.add(chunk.extent(), failure);
            }
        });
    }
}
