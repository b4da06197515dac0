package io.xenolith.engine.restore;

import java.io.IOException;

/// Reads the chunks of pieces and writes them to a target. For use by one thread.
interface PieceWriter {

    /// Writes a piece. Its lost chunks are written as zeros where its holes are.
    void write(Piece piece) throws IOException, InterruptedException;
}
