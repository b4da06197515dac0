package io.xenolith.cli.backup;

import io.xenolith.engine.disk.Extents;
import io.xenolith.source.image.DiskImage;
import java.io.IOException;
import java.util.Optional;

/// Opens disks by what the command line calls them.
public interface DiskOpener {

    /// Opens a disk, which belongs to the caller.
    DiskImage open(DiskArgument argument) throws IOException;

    /// What the place of an opened disk itself tells to have changed; nothing if it does not tell.
    default Optional<Extents> changed(DiskArgument argument) throws IOException {
        return Optional.empty();
    }
}
