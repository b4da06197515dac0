package io.xenolith.source.raw;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A raw disk image as a path names it: at rest in a file or device, or arriving through a pipe.
public sealed interface RawImage extends Closeable permits RawFile, RawStream {

    /// Opens what stands behind `path`, symbolic links followed. Opening a named pipe blocks until somebody opens its
    /// other end.
    ///
    /// @throws java.nio.file.NoSuchFileException if nothing stands there
    /// @throws java.nio.file.AccessDeniedException if it may not be read
    /// @throws IOException if it is a directory, a character device or a socket, or fails to open
    static RawImage open(Path path) throws IOException {
        return isPipe(path) ? new RawStream(openPipe(path)) : RawFile.open(path);
    }

    /// Whether a named pipe stands behind `path`.
    ///
    /// @throws java.nio.file.NoSuchFileException if nothing stands there
    static boolean isPipe(Path path) throws IOException {
        return FileKind.of(path) == FileKind.PIPE;
    }

    /// Opens a named pipe; blocks until somebody opens its other end.
    static ReadableByteChannel openPipe(Path pipe) throws IOException {
        return FileChannel.open(pipe, StandardOpenOption.READ);
    }
}
