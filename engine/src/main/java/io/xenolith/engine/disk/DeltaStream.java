package io.xenolith.engine.disk;

import java.io.Closeable;
import java.io.IOException;

/// What changed on a disk since a base, arriving in the order of its offsets and once: what a differencing image holds.
/// For use by one thread at a time.
public interface DeltaStream extends Closeable {

    /// The size in bytes of the disk with the changes laid over it.
    long size();

    /// The blocks in which changes lie, known before the first of them is read; inside the disk.
    DiskBlocks touched();

    /// Reads the changes that lie in `region`: fills `target[offset - region.offset()]` and on for each changed extent,
    /// and leaves the rest of `target` undefined. Regions come in ascending order without overlapping, and each
    /// touched block lies in one of them, or across several.
    ///
    /// @return the extents that changed, on the disk, to the byte
    /// @throws IOException if the stream fails or ends too early; it cannot be read on then
    Extents read(Extent region, byte[] target) throws IOException;
}
