package io.xenolith.source.vhd;

import io.xenolith.engine.disk.DiskSource;
import io.xenolith.source.raw.RawFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/// A VHD at rest in a file or on a block device.
public sealed interface VhdImage extends Closeable permits FixedVhd, DynamicVhd, DifferencingVhd {

    /// Opens a regular file or block device, symbolic links followed, and checks its footers, header and table.
    ///
    /// @throws VhdException if it is no VHD, damaged, cut off, or of a kind that is not read here
    /// @throws IOException if there is no such file, or it cannot be read
    static VhdImage open(Path path) throws IOException {
        return open(RawFile.open(path), path.toString());
    }

    /// Opens an image that lies anywhere.
    ///
    /// @param file the bytes of the image; belongs to it from now on
    /// @param name what messages call it
    /// @throws VhdException if it is no VHD, damaged, cut off, or of a kind that is not read here
    /// @throws IOException if it cannot be read
    static VhdImage open(DiskSource file, String name) throws IOException {
        try {
            return new ImageReader(file, name).open();
        } catch (Throwable e) {
            file.close();
            throw e;
        }
    }

    /// What tells this VHD from others.
    VhdIdentity identity();

    /// The size of the disk in bytes: the footer's current size, whatever its geometry says.
    long size();
}
