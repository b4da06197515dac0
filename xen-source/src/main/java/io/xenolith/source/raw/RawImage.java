package io.xenolith.source.raw;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/// A raw disk image as a path names it: at rest in a file or device, or arriving through a pipe.
public sealed interface RawImage extends Closeable permits RawFile, RawStream {

    /// Opens what stands behind `path`, symbolic links followed. Opening a named pipe blocks until somebody opens its
    /// other end.
    ///
    /// @throws java.nio.file.NoSuchFileException if nothing stands there
    /// @throws java.nio.file.AccessDeniedException if it may not be read
    /// @throws IOException if it is a directory, a character device or a socket, or fails to open
    static RawImage open(Path path) throws IOException {
        return FileKind.of(path) == FileKind.PIPE ? RawStream.open(path) : RawFile.open(path);
    }
}
