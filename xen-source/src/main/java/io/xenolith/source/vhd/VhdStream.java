package io.xenolith.source.vhd;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;

/// A VHD that arrives through a pipe, a socket or any other stream that cannot go back. That it is whole is known only
/// once all of it has been read: a stream's length is rarely announced.
public sealed interface VhdStream extends Closeable permits FixedVhdStream, DynamicVhdStream, DifferencingVhd {

    /// Opens a stream that is a VHD by all that is known. Reads its header and table, and all of it, to its end, if its
    /// blocks are in another order than on the disk: then a file without a name keeps them until they are asked for.
    ///
    /// What does not begin with a footer is taken for a fixed disk, which has one at its end only.
    ///
    /// @param name             what messages call the stream
    /// @param channel          in blocking mode; belongs to it from now on
    /// @param scratchDirectory where blocks in another order go, with room for all of them
    /// @throws VhdException if it is no VHD, damaged, cut off, or of a kind that is not read here
    /// @throws IOException if the stream fails, or the scratch directory does not take the blocks
    static VhdStream open(String name, ReadableByteChannel channel, Path scratchDirectory) throws IOException {
        try {
            return new StreamReader(new ForwardInput(name, channel), scratchDirectory).open();
        } catch (Throwable e) {
            channel.close();
            throw e;
        }
    }
}
