package io.xenolith.cli.restore;

import io.xenolith.engine.point.PointPart;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/// Begins images of one format.
public interface ImageMaker {

    /// How names of such files end.
    String extension();

    /// Begins an image in a file or on a device.
    RestoreTargets.Target file(PointPart disk, Path path) throws IOException;

    /// Begins an image in a stream.
    ///
    /// @param place what messages call it
    RestoreTargets.Target stream(PointPart disk, String place, OutputStream out) throws IOException;
}
