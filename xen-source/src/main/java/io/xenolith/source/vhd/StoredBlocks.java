package io.xenolith.source.vhd;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;

/// The blocks that an image holds, wherever its bytes come from. Whether they can be read in any order and by several
/// threads is up to the implementation.
interface StoredBlocks extends Closeable {

    BlockTable table();

    /// The sectors of a stored block that are in the image. Not to be changed.
    BitSet sectors(int block) throws IOException;

    /// Fills `target` from its position to its limit with the data of a stored block from its byte `from` on.
    void read(int block, int from, ByteBuffer target) throws IOException;

    /// Checks what follows the last block. To be called when all blocks have been read; calling it again does nothing.
    void finish() throws IOException;
}
